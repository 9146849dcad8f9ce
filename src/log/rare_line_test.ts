import { assertEquals } from "@std/assert";
import { memoryLog } from "./log.ts";
import { RareLine } from "./rare_line.ts";

function scene(): { line: RareLine; counts: () => unknown[] } {
  const log = memoryLog();
  const line = new RareLine(log, { level: "warn", event: "refused", message: "Refused", count: "refused_so_far" });
  return { line, counts: () => log.events.map(({ fields }) => fields.refused_so_far) };
}

Deno.test("RareLine gets rarer: of a million occurrences, twenty are logged", () => {
  const { line, counts } = scene();
  for (let left = 1_000_000; left > 0; left--) line.add();
  assertEquals(counts().slice(0, 5), [1, 2, 4, 8, 16]);
  assertEquals([counts().length, line.count, line.isLogged], [20, 1_000_000, false]);
});

Deno.test("RareLine logs when occurrences have doubled, also where several come at once", () => {
  const { line, counts } = scene();
  for (const by of [3, 2, 1, 7]) line.add({}, by);
  assertEquals([counts(), line.isLogged], [[3, 6, 13], true]);
});

Deno.test("RareLine.write() logs what is not in the log yet", () => {
  const { line, counts } = scene();
  for (let left = 3; left > 0; left--) line.add({});
  line.write();
  assertEquals([counts(), line.isLogged], [[1, 2, 3], true]);
});
