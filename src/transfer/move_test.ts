import { assertEquals } from "@std/assert";
import type { NewMessage } from "../store/archive.ts";
import { formatArchiveId } from "../store/id.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { idAt, messageAt, ROMEO, START } from "../../tests/support/store/messages.ts";
import { moveArchives } from "./move.ts";
import { Summary } from "./summary.ts";

/** A message of which the archive of one owner keeps the id alone. */
function positionAt(millisecond: number): NewMessage {
  return { time: START + millisecond, stanza: "", entries: [], positions: [{ archive: ROMEO, id: idAt(millisecond) }] };
}

Deno.test("moveArchives() copies the ids under which nothing is kept, also those of who has nothing else, and again", async () => {
  await using from = openMemoryStore();
  await using to = openMemoryStore();
  const nobody = "nobody@montague.example";
  await from.append([messageAt(0), messageAt(2_000), positionAt(1)]);
  for (let at = 1_000; at < 2_000; at++) await from.append([positionAt(at)]);
  await from.append([{ ...positionAt(0), positions: [{ archive: nobody, id: idAt(3) }] }]);
  const hosts = new Set(["montague.example"]);
  for (const _ of ["once", "again"]) {
    await moveArchives(from, { store: to, served: false, hosts, now: START, summary: new Summary() });
    for (const owner of [ROMEO, nobody]) {
      assertEquals(await to.positions(owner, 0, 5_000), await from.positions(owner, 0, 5_000));
    }
    const page = await to.page(ROMEO, {}, { max: 5, after: formatArchiveId(idAt(1_500)) });
    assertEquals("unknown" in page ? [] : page.entries.map(({ time }) => time), [START + 2_000]);
  }
});
