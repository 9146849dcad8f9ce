/**
 * Tells the service manager how Annals is: the protocol of sd_notify(3), for a unit with `Type=notify`.
 *
 * @module
 */
import { Chain } from "../lib/chain.ts";
import type { LogEvent } from "../log/log_event.ts";
import { visible } from "../log/log_line.ts";
import type { System } from "./system.ts";

/**
 * The service manager that started this process and wants to know how it is, if there is one. Disposing of it waits for
 * what is being told.
 */
export class ServiceManager implements AsyncDisposable {
  readonly #socket: string | undefined;
  readonly #failed: (error: unknown) => void;
  readonly #watchdog: ReturnType<typeof setInterval> | undefined;
  readonly #chain = new Chain();
  /** State of the connection to the server, and what keeps the archives from being open. */
  #stream = "";
  #store = "";

  /** `failed` learns of what could not be told. */
  constructor(env: System["env"], failed: (error: unknown) => void) {
    this.#socket = env.NOTIFY_SOCKET;
    this.#failed = failed;
    const period = watchdogPeriod(env);
    // A timer of the event loop: when that hangs, nothing is told, and the service manager starts Annals again.
    if (period !== undefined) this.#watchdog = setInterval(() => this.tell("WATCHDOG=1"), period);
  }

  /** Tells what an event of the log means for who asks `systemctl status`, if anything. */
  hear({ event, message, fields }: LogEvent): void {
    if (event === "stream-connected") this.#stream = `${message} as ${fields.domain}`;
    else if (event === "stream-standby") this.#stream = message;
    else if (event === "stream-failed" || event === "store-unreachable") this.#stream = `${message}; trying again`;
    else if (event === "store-not-open" || event === "archive-displaced") this.#store = message;
    else if (event === "archive-saved") this.#store = `${message}: ${fields.saved}`;
    else if (event === "store-opened" || event === "archive-reopened") this.#store = "";
    else return;
    const status = [this.#store, this.#stream].filter((text) => text !== "").join(". ");
    if (status !== "") this.tell(`STATUS=${status}`);
  }

  /** Tells assignments such as `READY=1`, after what was told before. Resolves when they are sent, or could not be. */
  tell(...assignments: readonly string[]): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return Promise.resolve();
    return this.#chain.add(() => send(socket, assignments.map(visible).join("\n"))).catch(this.#failed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watchdog);
    await this.#chain.settled();
  }
}

/** Milliseconds between two signs of life, half of what is allowed, as sd_watchdog_enabled(3) has it. */
function watchdogPeriod({ WATCHDOG_USEC, WATCHDOG_PID = `${Deno.pid}` }: System["env"]): number | undefined {
  const period = Number(WATCHDOG_USEC) / 1000 / 2;
  return period > 0 && WATCHDOG_PID === `${Deno.pid}` ? period : undefined;
}

/** Sends one datagram. Deno has no socket without a name, so this one has one that nobody is to answer to. */
async function send(path: string, text: string): Promise<void> {
  if (!path.startsWith("/")) throw new Error(`Cannot use NOTIFY_SOCKET: Found "${path}", expected a path`);
  const folder = await Deno.makeTempDir({ prefix: "annals-notify-" });
  try {
    const socket = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/socket` });
    try {
      await socket.send(new TextEncoder().encode(text), { transport: "unixpacket", path });
    } finally {
      socket.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
