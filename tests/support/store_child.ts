/**
 * A program that writes to a store until it is killed. It says on its standard output what it is about to do, and when that
 * is done; `store_process.ts` is the other end.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import type { ArchiveStore } from "../../src/store/archive.ts";
import { createIdGenerator, formatArchiveId } from "../../src/store/id.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { Random } from "./random.ts";
import { GUESTS, type Message, newMessage, type Operation, REGULARS } from "./store_operations.ts";
import type { Report, Task } from "./store_process.ts";

/** Messages older than this, in milliseconds, are swept away. */
const AGE = 5_000;

/** The task comes as a line, so that the program can be started well ahead of the work; a further line says to try again. */
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
tell({ ready: true });
const task: Task = JSON.parse(await nextLine());
await using store = await openSqliteStore(task.store);
tell({ opened: store.newestNumber });
const draw = operations(store);
while (true) {
  const operation = draw();
  tell({ begin: operation });
  while (!await succeeds(() => perform(operation))) await nextLine();
  tell({ done: true });
}

async function perform(operation: Operation): Promise<void> {
  switch (operation.kind) {
    case "append":
      return void await store.append(operation.messages.map(newMessage));
    case "expire":
      return void await store.expire(operation.before, operation.limit);
    case "prefer":
      return await store.setPreferences(operation.owner, operation.preferences);
  }
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    tell({ failed: String(error) });
    return false;
  }
}

/** Draws one operation after the other, at a time that goes on and sometimes jumps back. */
function operations({ newestNumber }: ArchiveStore): () => Operation {
  const random = new Random(task.seed);
  let time = task.time;
  let before = time - AGE;
  const nextId = createIdGenerator({ newest: newestNumber, clock: () => time });

  function somebody(): string {
    return random.pick(random.chance(0.02) ? GUESTS : REGULARS);
  }

  function message(): Message {
    time += random.chance(0.005) ? -random.integer(0, AGE / 2) : random.integer(0, 100);
    const [one, two] = [somebody(), somebody()];
    const entries = one === two ? [entry(one, two)] : [entry(one, two), entry(two, one)];
    return { time, length: random.chance(0.02) ? random.integer(10_000, 60_000) : random.integer(50, 500), entries };
  }

  function entry(archive: string, peer: string): Message["entries"][number] {
    return { id: formatArchiveId(nextId()), archive, with: peer };
  }

  return () => {
    const what = random.fraction();
    if (what < 0.2) {
      // A sweep goes for one time in several steps.
      if (random.chance(0.3)) before = time - AGE;
      return { kind: "expire", before, limit: random.integer(1, 400) };
    }
    if (what < 0.3) {
      const preferences = {
        default: random.pick(["always", "never"] as const),
        always: [somebody()],
        never: [],
      };
      return { kind: "prefer", owner: somebody(), preferences };
    }
    return { kind: "append", messages: random.times(1, 30, message) };
  };
}

async function nextLine(): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("Cannot go on: standard input has ended");
  return value;
}

/** Written at once: what is told before a crash is read after it. */
function tell(report: Report): void {
  const line = new TextEncoder().encode(`${JSON.stringify(report)}\n`);
  for (let bytes = line; bytes.length > 0;) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}
