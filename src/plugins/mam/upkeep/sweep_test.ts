import { assert, assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers";
import { memoryLog } from "../../../log/log.ts";
import type { ArchiveStore, Expired } from "../../../store/archive.ts";
import { openMemoryStore } from "../../../store/memory/mod.ts";
import { messageAt, ROMEO, START } from "../../../../tests/support/store/messages.ts";
import { sweep } from "./sweep.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 18);

/** Sweeps a store of so many expired entries; says what the store was asked for, and what was logged. */
async function run(
  entries: number,
  {
    expiresAfter = 3600,
    maxMessages = "unlimited",
    sweptAt = 0,
    onStep = () => {},
    signal = new AbortController().signal,
  }: {
    expiresAfter?: number;
    maxMessages?: number | "unlimited";
    sweptAt?: number;
    onStep?: (step: number) => void | Promise<void>;
    signal?: AbortSignal;
  } = {},
): Promise<{ steps: [before: number, limit: number][]; noted: number[]; left: number; logged: unknown[] }> {
  const steps: [number, number][] = [];
  const noted: number[] = [];
  let left = entries;
  const store = {
    sweptAt,
    newestNumber: 0,
    noteSweep: (time: number) => Promise.resolve(void noted.push(time)),
    async expire(before: number, limit: number): Promise<Expired> {
      steps.push([before, limit]);
      await onStep(steps.length);
      const gone = Math.min(limit, left);
      left -= gone;
      return { entries: gone, more: left > 0 };
    },
    trim(keep: number, limit: number): Promise<Expired> {
      steps.push([keep, limit]);
      const gone = Math.min(limit, Math.max(0, left - keep));
      left -= gone;
      return Promise.resolve({ entries: gone, more: left > keep });
    },
  } as Partial<ArchiveStore> as ArchiveStore;
  const log = memoryLog();
  await sweep({
    store,
    now: () => NOW,
    retention: { archive_expires_after: expiresAfter, archive_max_messages: maxMessages },
    allowance: DAY,
    signal,
    log,
  });
  return {
    steps,
    noted,
    left,
    logged: log.events.map(({ event, fields }) => [event, fields["entries"], fields["finished"]]),
  };
}

Deno.test("sweep() removes all that is older than archive_expires_after, in bounded steps, by one time", async () => {
  const { steps, left, logged } = await run(1300);
  assertEquals(left, 0);
  assertEquals(new Set(steps.map(([before]) => before)), new Set([NOW - 3600_000]));
  assert(
    steps.length > 1 && steps.every(([, limit]) => limit <= 500),
    `Found steps of ${steps.map(([, limit]) => limit)}`,
  );
  assertEquals(logged, [["sweep", 1300, true]]);
});

Deno.test("sweep() lets the event loop turn between two steps", async () => {
  const order: string[] = [];
  await run(600, {
    onStep: (step) => {
      order.push(`step ${step}`);
      setImmediate(() => order.push(`turn ${step}`));
    },
  });
  assertEquals(order, ["step 1", "turn 1", "step 2", "turn 2", "step 3", "turn 3"]);
});

Deno.test("sweep() stops at its signal, and the next goes on", async () => {
  const stopping = new AbortController();
  const { steps, left, logged } = await run(1300, {
    signal: stopping.signal,
    onStep: (step) => {
      if (step === 2) stopping.abort();
    },
  });
  assertEquals(steps.length, 2);
  assert(left > 0);
  assertEquals(logged, [["sweep", 1300 - left, false]]);
  assertEquals((await run(left)).left, 0);
});

Deno.test("sweep() leaves everything where archives never expire", async () => {
  const { steps, logged } = await run(1300, { expiresAfter: Infinity });
  assertEquals([steps, logged], [[], []]);
});

Deno.test("sweep() removes what is beyond archive_max_messages, in bounded steps, whether or not messages expire", async () => {
  const { steps, left } = await run(300, { expiresAfter: Infinity, maxMessages: 100 });
  assertEquals(left, 100);
  assert(steps.length > 1 && steps.every(([keep, limit]) => keep === 100 && limit <= 50));
  const both = await run(300, { maxMessages: 100 });
  assertEquals(both.logged, [["sweep", 300, true]]);
  assertEquals(both.steps.at(-1)?.[0], 100);
});

Deno.test("sweep() goes by what the options say when it begins", async () => {
  await using store = openMemoryStore();
  const minute = 60_000;
  await store.append([messageAt(0), messageAt(90 * minute), messageAt(110 * minute)]);
  async function left(expiresAfter: number, maxMessages: number | "unlimited"): Promise<unknown> {
    await sweep({
      store,
      now: () => START + 120 * minute,
      retention: { archive_expires_after: expiresAfter, archive_max_messages: maxMessages },
      allowance: DAY,
      signal: new AbortController().signal,
      log: memoryLog(),
    });
    return await store.count(ROMEO, {});
  }
  assertEquals(await left(Infinity, "unlimited"), 3);
  assertEquals(await left(3600, "unlimited"), 2);
  assertEquals(await left(3600, 5), 2);
  assertEquals(await left(Infinity, 1), 1);
});

Deno.test("sweep() passes on why the store failed", async () => {
  await assertRejects(() => run(1, { onStep: () => Promise.reject(new Error("disk full")) }), Error, "disk full");
});

Deno.test("sweep() goes by a time of its own where the clock has leapt ahead, and says so", async () => {
  const lastYear = NOW - 365 * 86_400_000;
  const { steps, logged } = await run(1, { sweptAt: lastYear });
  assertEquals(steps.map(([before]) => before), [lastYear + DAY - 3600_000]);
  assertEquals(logged.map((line) => (line as unknown[])[0]), ["sweep-held-back", "sweep"]);
});

Deno.test("sweep() remembers how far it came while the clock is put back, and says nothing of a night off", async () => {
  const { noted, logged } = await run(1, { sweptAt: NOW + DAY, expiresAfter: 1 });
  assertEquals([noted, logged], [[NOW + DAY], [["sweep", 1, true]]]);
  const { noted: later, logged: silent } = await run(1, { sweptAt: NOW - 1.5 * DAY });
  assertEquals([later, silent], [[NOW - DAY / 2], [["sweep", 1, true]]]);
});
