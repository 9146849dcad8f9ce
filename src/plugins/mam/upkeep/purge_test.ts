import { assertEquals } from "@std/assert";
import { memoryLog } from "../../../log/log.ts";
import type { ArchiveStore, Filter } from "../../../store/archive.ts";
import { openMemoryStore } from "../../../store/memory/mod.ts";
import { idAt, JULIET, messageAt, ROMEO, START } from "../../../../tests/support/store/messages.ts";
import { purge } from "./purge.ts";

/** Milliseconds of the ids under which nothing is kept, once the filter's messages are purged. */
async function positionsAfter(filter: Filter): Promise<number[]> {
  await using store: ArchiveStore = openMemoryStore();
  await store.append([messageAt(0), messageAt(1_000)]);
  for (const at of [...Array.from({ length: 250 }, (_, at) => at + 1), 999, 1_001]) {
    await store.append([{ time: 0, stanza: "", entries: [], positions: [{ archive: ROMEO, id: idAt(at) }] }]);
  }
  const { signal } = new AbortController();
  await purge({ user: ROMEO, filter }, { store, signal, progress: () => {}, log: memoryLog() });
  const left = await store.positions(ROMEO, 0, 1_000);
  return left.map(({ number }) => (number - idAt(0).number) / 4096).filter((at) => at >= 999 || at === 1);
}

Deno.test("purge() forgets ids under which nothing is kept where all of a time goes, and not where only some does", async () => {
  assertEquals(await positionsAfter({ end: START + 999 }), [1_001]);
  assertEquals(await positionsAfter({ end: START + 999, with: JULIET }), [1, 999, 1_001]);
  assertEquals(await positionsAfter({}), []);
});
