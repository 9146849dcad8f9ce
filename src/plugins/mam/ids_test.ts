import { assert, assertEquals } from "@std/assert";
import { firstNumberAt } from "../../store/id.ts";
import { Ids } from "./ids.ts";

Deno.test("Ids makes greater numbers than the store holds and than modules made, and knows the greatest of all", () => {
  const later = firstNumberAt(Date.now() + 3_600_000);
  const ids = new Ids(() => later);
  assertEquals(ids.newest, later);
  assertEquals(ids.next().number, later + 1);
  assertEquals(ids.newest, later + 1);
  ids.saw({ number: later + 1000, random: 0n });
  ids.saw({ number: later - 1000, random: 0n });
  assertEquals([ids.newest, ids.next().number], [later + 1000, later + 1001]);
  assert(Number.isSafeInteger(ids.newest));
});

Deno.test("Ids makes greater numbers than an import brings while it runs, also when the store loses them again", () => {
  let held = firstNumberAt(Date.now() + 3_600_000);
  const ids = new Ids(() => held);
  held += 1000;
  assertEquals([ids.newest, ids.next().number], [held, held + 1]);
  const before = held;
  held = 0;
  assertEquals([ids.newest, ids.next().number], [before + 1, before + 2]);
});
