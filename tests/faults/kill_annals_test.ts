/**
 * Kills Annals behind a real server, while people talk and read: what somebody could read before is there afterwards.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import { delay } from "@std/async/delay";
import { Annals } from "../support/annals.ts";
import { type Archived, archivePage, wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { print, Random, seedOf } from "../support/random.ts";
import { install, ServerUnavailable } from "../support/servers/install.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";

const ROUNDS = 10;

Deno.test({
  name: "What people could read before a kill -9 is there after it, in the same order and with the same ids",
  ignore: !await available(),
  async fn(): Promise<void> {
    const random = new Random(seedOf("kill -9 behind Prosody"));
    await using server = await startProsody();
    await using annals = await Annals.launch(server.site, { config: { max_archive_query_results: 1000 } });
    const people = ["alice", "bob"].map((name) => ({ name, read: new Set<string>() }));
    for (let round = 0; round < ROUNDS; round++) {
      const conversations = people.map((person) => converse(server, person));
      await Promise.all(conversations.map((conversation) => conversation.pages(random.integer(1, 5))));
      await delay(random.integer(0, 30));
      await annals.kill();
      await Promise.all(conversations.map((conversation) => conversation.end()));

      await annals.start();
      for (const person of people) {
        await using client = await Client.login(server, person.name);
        const found = (await wholeArchive(client, { page: { max: 1000 } })).map(lineOf);
        const places = new Map(found.map((line, place) => [line, place]));
        const where = `${person.name}, round ${round}`;
        assertEquals([...person.read].filter((line) => !places.has(line)), [], where);
        const order = [...person.read].map((line) => places.get(line) ?? 0);
        assertEquals(order.every((place, i) => i === 0 || place > (order[i - 1] ?? 0)), true, where);
        assertEquals(new Set(found.map((line) => line.split(" ")[0])).size, found.length, where);
        person.read = new Set(found);
      }
    }
    const counts = people.map(({ name, read }) => `${name} ${read.size}`);
    print(`${ROUNDS} kills, messages read: ${counts.join(", ")}`);
    for (const { read } of people) assertGreater(read.size, 10 * ROUNDS);
  },
});

interface Conversation {
  /** Resolves when so many pages were read. */
  pages(count: number): Promise<void>;
  /** Ends it, whatever it is about to say or to read. */
  end(): Promise<void>;
}

/** Somebody talks to the other and reads the newest page of the own archive, over and over. */
function converse(server: Server, { name, read }: { readonly name: string; readonly read: Set<string> }): Conversation {
  const over = new AbortController();
  const entered = [Client.login(server, name), Client.login(server, name, { presence: false })] as const;
  const to = name === "alice" ? "bob" : "alice";
  const arrived: (() => void)[] = [];

  async function talk(): Promise<void> {
    const client = await entered[0];
    while (!over.signal.aborted) {
      await client.send(`<message to='${to}@example.test' type='chat'><body>${crypto.randomUUID()}</body></message>`);
      await client.settle();
    }
  }

  async function listen(): Promise<void> {
    const client = await entered[1];
    while (!over.signal.aborted) {
      const { messages } = await archivePage(client, { page: { max: 50, before: "" } });
      // What comes after the server has noticed the end is no page.
      if (messages.length > 0) messages.map(lineOf).forEach((line) => read.add(line));
      arrived.shift()?.();
    }
  }

  const running = Promise.allSettled([talk(), listen()]);
  return {
    async pages(count): Promise<void> {
      await Promise.all(Array.from({ length: count }, () => new Promise<void>((resolve) => arrived.push(resolve))));
    },
    async end(): Promise<void> {
      over.abort();
      for (const client of entered) await (await client)[Symbol.asyncDispose]();
      await running;
    },
  };
}

function lineOf({ id, stamp, body }: Archived): string {
  return `${id} ${stamp} ${body}`;
}

async function available(): Promise<boolean> {
  try {
    await install("Prosody", (line) => print(`*** ${line}`));
    return true;
  } catch (error) {
    if (!(error instanceof ServerUnavailable) || Deno.env.get("CI") === "true") throw error;
    print(`*** The test on Prosody is NOT RUN: ${error.message}`);
    return false;
  }
}
