/**
 * Wait for a server that starts.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Site } from "./site.ts";

const RETRY_MILLISECONDS = 25;
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Resolves when the server answers a client's stream header and listens for components.
 *
 * @throws {Error} when it does not within a minute; `AbortError` when `signal` is aborted.
 */
export async function answers(site: Site, signal: AbortSignal): Promise<void> {
  const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' ` +
    `xmlns:stream='http://etherx.jabber.org/streams' to='${site.hosts[0]}'>`;
  await Promise.all([
    retry(() => ask(site.clientPort, header), signal),
    ...site.archive === "annals" ? [retry(() => ask(site.componentPort), signal)] : [],
  ]);
}

/** Connects, says `question` if there is one, and waits for some answer to it. */
async function ask(port: number, question?: string): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  if (question === undefined) return;
  await connection.write(new TextEncoder().encode(question));
  if (await connection.read(new Uint8Array(1)) === null) throw new Deno.errors.UnexpectedEof("The server hung up");
}

/** Tries until it succeeds. Rejects as `answers` does. */
export async function retry(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (true) {
    try {
      return await attempt();
    } catch (cause) {
      if (Date.now() > deadline) {
        throw new Error("Cannot reach the server: it does not answer after a minute", { cause });
      }
    }
    await delay(RETRY_MILLISECONDS, { signal });
  }
}
