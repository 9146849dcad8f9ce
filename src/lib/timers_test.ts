import { assertEquals } from "@std/assert";
import { memoryLog } from "../log/log.ts";
import { repeat, type Repetition } from "./timers.ts";

/** Milliseconds are enough for what only has to come again. */
const SOON = 0.001;

/** A task that runs until it stops itself. */
function task(run: (stop: () => void) => void | Promise<void>, rest: Partial<Repetition> = {}): Repetition {
  const stopping = new AbortController();
  return {
    task: "sweep",
    seconds: () => SOON,
    run: () => run(() => stopping.abort()),
    signal: stopping.signal,
    log: memoryLog(),
    ...rest,
  };
}

Deno.test("repeat() runs a task at once, and again after its interval, until the signal", async () => {
  let runs = 0;
  await repeat(task((stop) => {
    runs++;
    if (runs === 3) stop();
  }));
  assertEquals(runs, 3);
});

Deno.test("repeat() begins no run before the last has ended", async () => {
  const events: string[] = [];
  await repeat(task(async (stop) => {
    events.push("begin");
    await new Promise((resolve) => setTimeout(resolve, 0));
    events.push("end");
    if (events.length === 6) stop();
  }));
  assertEquals(events, ["begin", "end", "begin", "end", "begin", "end"]);
});

Deno.test("repeat() logs a run that fails, at once or later, and runs the task again", async () => {
  const log = memoryLog();
  let runs = 0;
  await repeat(task((stop) => {
    runs++;
    if (runs === 1) throw new Error("first");
    if (runs === 2) return Promise.reject(new Error("second"));
    stop();
  }, { log }));
  assertEquals(log.events.map(({ level, event, fields }) => [level, event, fields["task"], String(fields["error"])]), [
    ["error", "task-failed", "sweep", "Error: first"],
    ["error", "task-failed", "sweep", "Error: second"],
  ]);
});

Deno.test("repeat() runs no task whose signal came first", async () => {
  let runs = 0;
  await repeat(task(() => void runs++, { signal: AbortSignal.abort() }));
  assertEquals(runs, 0);
});

Deno.test("repeat() ends while it waits, however long the interval", async () => {
  const stopping = new AbortController();
  const waiting = Promise.withResolvers<void>();
  const repeating = repeat(task(() => {}, {
    signal: stopping.signal,
    seconds: () => {
      waiting.resolve();
      return 31_536_000;
    },
  }));
  await waiting.promise;
  stopping.abort();
  await repeating;
});
