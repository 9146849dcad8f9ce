import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { memoryLog } from "../../log/log.ts";
import type { ArchiveStore, NewMessage } from "../../store/archive.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { GroupCommit } from "./group_commit.ts";
import { Tally } from "./tally.ts";

function message(stanza: string): NewMessage {
  const entry = { archive: "a@a.test", id: { number: 1, random: 0n }, with: "b@a.test", resource: "" };
  return { time: 0, stanza, entries: [entry] };
}

/** A store of which only `append` is asked, by the answers given; it keeps all, unless they say how many. */
function storeThat(append: (batch: readonly NewMessage[]) => Promise<number | void>): ArchiveStore {
  return { append: async (batch) => await append(batch) ?? batch.length } as ArchiveStore;
}

/** Of a sender that goes on keeping what it has handed over. */
const HELD = new AbortController().signal;

Deno.test("GroupCommit stores together what was added in one turn, and then what came meanwhile", async () => {
  const batches: string[][] = [];
  const first = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const store = storeThat((batch) => {
    batches.push(batch.map(({ stanza }) => stanza));
    started.resolve();
    return batches.length === 1 ? first.promise : Promise.resolve();
  });
  const commit = new GroupCommit(store, new Tally(), memoryLog());
  for (const stanza of ["a", "b"]) commit.add(message(stanza));
  await started.promise;
  for (const stanza of ["c", "d", "e"]) commit.add(message(stanza));
  first.resolve();
  assertEquals(await commit.settled(), true);
  assertEquals(batches, [["a", "b"], ["c", "d", "e"]]);
});

Deno.test("GroupCommit stores together what one turn brings, also where it is decided about one by one", async () => {
  const batches: number[] = [];
  const store = storeThat((batch) => Promise.resolve(void batches.push(batch.length)));
  const commit = new GroupCommit(store, new Tally(), memoryLog());
  for (let i = 0; i < 100; i++) {
    await Promise.resolve();
    commit.add(message("a"));
  }
  await commit.settled();
  assertEquals(batches, [100]);
});

Deno.test("GroupCommit keeps what the store refuses, stores it in order when it can, and says so once each", async () => {
  const stored: string[] = [];
  const refused = Promise.withResolvers<void>();
  let refusals = 1;
  const store = storeThat((batch) => {
    if (refusals-- > 0) {
      refused.resolve();
      return Promise.reject(new Error("disk full"));
    }
    stored.push(...batch.map(({ stanza }) => stanza));
    return Promise.resolve();
  });
  const log = memoryLog();
  const commit = new GroupCommit(store, new Tally(), log);
  commit.add(message("a"));
  await refused.promise;
  commit.add(message("b"));
  await commit.close();
  assertEquals(stored, ["a", "b"]);
  assertEquals(log.events.map(({ event }) => event), ["store-failed", "store-recovered"]);
});

Deno.test("GroupCommit counts as stored what the store says that it keeps: others may have been given copies", async () => {
  const tally = new Tally();
  const commit = new GroupCommit(storeThat(() => Promise.resolve(1)), tally, memoryLog());
  for (const stanza of ["a", "b"]) commit.add(message(stanza));
  await commit.close();
  assertEquals(tally.counts(), { stored: 1 });
});

Deno.test("GroupCommit counts and logs what the store refuses to the end as lost", async () => {
  const tally = new Tally();
  const log = memoryLog();
  const commit = new GroupCommit(storeThat(() => Promise.reject(new Error("disk full"))), tally, log);
  for (const stanza of ["a", "b"]) commit.add(message(stanza));
  await commit.close();
  assertEquals(tally.counts(), { lost: 2 });
  assertEquals(log.events.at(-1)?.event, "messages-lost");
});

Deno.test("GroupCommit says at once that it is behind when the store begins to refuse, rather than when it is over", async () => {
  const store = storeThat(() => Promise.reject(new Error("disk full")));
  const commit = new GroupCommit(store, new Tally(), memoryLog());
  commit.add(message("a"));
  assertEquals(await commit.settled(), false);
  assertEquals(await commit.settled(), false);
  await commit.close();
});

Deno.test("GroupCommit is settled after a refusal only when all that waited is stored", async () => {
  const happened: string[] = [];
  const store = storeThat(async (batch) => {
    const stanzas = batch.map(({ stanza }) => stanza).join();
    happened.push(stanzas);
    if (happened.length === 1) throw new Error("disk full");
    if (stanzas === "b") commit.settled().then((settled) => happened.push(`settled: ${settled}`));
    await new Promise((resolve) => setTimeout(resolve, 0));
    happened.push(`${stanzas} stored`);
  });
  const commit = new GroupCommit(store, new Tally(), memoryLog());
  commit.add(message("a"));
  await commit.settled();
  commit.add(message("b"));
  await commit.close();
  await commit.settled();
  assertEquals(happened, ["a", "a", "a stored", "b", "b stored", "settled: true"]);
});

Deno.test("GroupCommit stores what has waited in groups, between which others have their turn", async () => {
  const done: (number | string)[] = [];
  const store = storeThat((batch) => Promise.resolve(void done.push(batch.length)));
  const commit = new GroupCommit(store, new Tally(), memoryLog());
  for (let i = 0; i < 4500; i++) commit.add(message("a"));
  setImmediate(() => done.push("another"));
  await commit.settled();
  assertEquals(done, [2000, "another", 2000, 500]);
});

Deno.test("GroupCommit bounds what waits, counts what is lost beyond that, and logs it ever more seldom", async () => {
  const tally = new Tally();
  const log = memoryLog();
  const commit = new GroupCommit(storeThat(() => Promise.reject(new Error("disk full"))), tally, log);
  // 1,000 characters are added for what a message takes beside its stanza.
  for (let i = 0; i < 100_000; i++) commit.add(message("x".repeat(24)));
  const waiting = 64 * 1024 + 1;
  assertEquals(tally.counts(), { lost: 100_000 - waiting });
  await commit.close();
  assertEquals(tally.counts(), { lost: 100_000 });
  const told = log.events.filter(({ event }) => event === "messages-lost").map(({ fields }) => fields["lost_so_far"]);
  assertEquals([told[0], told.at(-1), told.length < 20], [1, 100_000, true]);
});

Deno.test("GroupCommit says of what is held that it is stored when it is, not before", async () => {
  const room = Promise.withResolvers<void>();
  const told: string[] = [];
  const commit = new GroupCommit(storeThat(() => room.promise), new Tally(), memoryLog());
  const stored = commit.add(message("a"), HELD).then((fine) => told.push(`stored: ${fine}`));
  await new Promise((resolve) => setImmediate(resolve));
  told.push("not yet");
  room.resolve();
  await stored;
  assertEquals(told, ["not yet", "stored: true"]);
});

Deno.test("GroupCommit gives up what is held as something that will come again, and loses the rest", async () => {
  const tally = new Tally();
  const commit = new GroupCommit(storeThat(() => Promise.reject(new Error("disk full"))), tally, memoryLog());
  const held = commit.add(message("a"), HELD);
  commit.add(message("b"));
  await commit.close();
  assertEquals([await held, tally.counts()], [false, { lost: 1 }]);
});

Deno.test("GroupCommit waits for a store with nothing that will be handed over again, perhaps to another process", async () => {
  const attempts: string[][] = [];
  const tally = new Tally();
  const store = storeThat((batch) => {
    attempts.push(batch.map(({ stanza }) => stanza));
    return attempts.length < 3 ? Promise.reject(new Error("no route to host")) : Promise.resolve();
  });
  const commit = new GroupCommit(store, tally, memoryLog());
  const ended = new AbortController();
  const first = commit.add(message("a"), ended.signal);
  commit.add(message("copied"));
  await commit.settled();
  const second = commit.add(message("b"), ended.signal);
  const kept = commit.add(message("c"), HELD);
  ended.abort();
  await Promise.all([first, second, kept]);
  assertEquals([attempts[0], ...new Set(attempts.slice(1).map(String))], [["a", "copied"], "copied", "c"]);
  assertEquals([commit.depth, tally.counts()], [0, { stored: 2 }]);
});

Deno.test("GroupCommit loses what no store can keep, lets its sender go of it, and stores what came with it", async () => {
  const [tally, log] = [new Tally(), memoryLog()];
  await using store = openMemoryStore();
  const commit = new GroupCommit(store, tally, log);
  const outcomes = [message("a"), { ...message("b"), time: NaN }, { ...message("c"), entries: [] }, message("d")]
    .map((each) => commit.add(each, HELD));
  assertEquals(await Promise.all(outcomes), [true, true, true, true]);
  await commit.close();
  assertEquals(tally.counts(), { stored: 2, lost: 2 });
  assertEquals(log.events.map(({ event }) => event), ["message-unkeepable", "message-unkeepable"]);
});

Deno.test("GroupCommit tries again what fails for a reason of the program's own", async () => {
  const tally = new Tally();
  let attempts = 0;
  const store = storeThat(() => {
    if (attempts++ === 0) throw new RangeError("Maximum call stack size exceeded");
    return Promise.resolve();
  });
  const commit = new GroupCommit(store, tally, memoryLog());
  assertEquals([await commit.add(message("a"), HELD), tally.counts()], [true, { stored: 1 }]);
});

Deno.test("GroupCommit takes what is held beyond the bound of what waits: its sender has a bound of its own", async () => {
  const tally = new Tally();
  const commit = new GroupCommit(storeThat(() => Promise.reject(new Error("disk full"))), tally, memoryLog());
  for (let i = 0; i < 70_000; i++) commit.add(message("x".repeat(24)));
  const lost = tally.of("lost");
  const held = commit.add(message("a"), HELD);
  assertEquals([lost > 0, tally.of("lost")], [true, lost]);
  await commit.close();
  assertEquals(await held, false);
});
