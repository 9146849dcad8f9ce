import { assertEquals } from "@std/assert";
import { memoryLog } from "../../../log/log.ts";
import type { Element } from "../../../xml/element.ts";
import { xml } from "../../../xml/element.ts";
import { Handover } from "./handover.ts";

/** A handover, of whose entries and deletions the test says what becomes of them. */
function scene(): {
  handover: Handover;
  /** Entries taken or to be forgotten, by name: to be resolved. */
  open: Map<string, (fine: boolean) => void>;
  acknowledged: number[];
  logged: () => string[];
} {
  const open = new Map<string, (fine: boolean) => void>();
  const acknowledged: number[] = [];
  const log = memoryLog();
  function wait(name: string): Promise<boolean> {
    return new Promise((resolve) => open.set(name, resolve));
  }
  const handover = new Handover({
    take: ({ attrs }) => wait(attrs.id ?? ""),
    forget: (user) => wait(user),
    acknowledge: (seq) => Promise.resolve(void acknowledged.push(seq)),
    log,
  });
  return { handover, open, acknowledged, logged: () => log.events.map(({ event }) => event) };
}

function entries(...ids: readonly string[]): Element[] {
  return ids.map((id) => xml("entry", { id }));
}

/** Lets everything happen that can. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("Handover takes batches at once, and acknowledges each when it and all before it are stored", async () => {
  const { handover, open, acknowledged } = scene();
  handover.takeBatch({ seq: 1, entries: entries("a", "b") });
  handover.takeBatch({ seq: 2, entries: entries("c") });
  assertEquals([...open.keys()], ["a", "b", "c"]);
  open.get("c")?.(true);
  open.get("a")?.(true);
  await quiet();
  assertEquals(acknowledged, []);
  open.get("b")?.(true);
  await quiet();
  assertEquals(acknowledged, [1, 2]);
});

Deno.test("Handover acknowledges nothing from where something must be handed over again", async () => {
  const { handover, open, acknowledged } = scene();
  for (const [index, id] of ["a", "b", "c"].entries()) handover.takeBatch({ seq: index + 1, entries: entries(id) });
  open.get("a")?.(true);
  open.get("b")?.(false);
  open.get("c")?.(true);
  await handover.settled();
  assertEquals(acknowledged, [1]);
});

Deno.test("Handover forgets an account when all that came before is stored", async () => {
  const { handover, open, acknowledged } = scene();
  handover.takeBatch({ seq: 1, entries: entries("a") });
  handover.takeDeleted({ seq: 2, user: "carol" });
  await quiet();
  assertEquals([...open.keys()], ["a"]);
  open.get("a")?.(true);
  await quiet();
  assertEquals([[...open.keys()], acknowledged], [["a", "carol"], [1]]);
  open.get("carol")?.(true);
  await handover.settled();
  assertEquals(acknowledged, [1, 2]);
});

Deno.test("Handover tells nothing to a module whose stream has ended, or that was loaded again", async () => {
  const { handover, open, acknowledged } = scene();
  handover.takeBatch({ seq: 1, entries: entries("a") });
  handover.end();
  open.get("a")?.(true);
  await handover.settled();
  assertEquals(acknowledged, []);
});

for (const [what, seqs] of [["repeats a number", [1, 1, 2]], ["leaves one out", [1, 3, 2]]] as const) {
  Deno.test(`Handover takes nothing more from a module that ${what}`, () => {
    const { handover, open, logged } = scene();
    for (const [index, seq] of seqs.entries()) handover.takeBatch({ seq, entries: entries(String(index)) });
    assertEquals([[...open.keys()], logged()], [["0"], ["handover-out-of-turn"]]);
  });
}

Deno.test("Handover bounds what is on its way: of five batches that are not stored, it takes four", async () => {
  const { handover, open, logged } = scene();
  for (let seq = 1; seq <= 5; seq++) handover.takeBatch({ seq, entries: entries(String(seq)) });
  assertEquals([[...open.keys()], logged()], [["1", "2", "3", "4"], ["handover-out-of-turn"]]);
  const other = scene();
  for (let seq = 1; seq <= 20; seq++) {
    other.handover.takeBatch({ seq, entries: entries(String(seq)) });
    if (seq > 3) other.open.get(String(seq - 3))?.(true);
    await quiet();
  }
  assertEquals([other.open.size, other.logged()], [20, []]);
});
