import { assertEquals } from "@std/assert";
import { companionText } from "./companion.ts";

const PARTS = new URL("../../scripts/prosody/mod_annals/", import.meta.url);

Deno.test("The module for Prosody is all of its parts, each once, and none too long to read", async () => {
  const names = (await Array.fromAsync(Deno.readDir(PARTS))).map(({ name }) => name);
  const parts = await Promise.all(names.map((name) => Deno.readTextFile(new URL(name, PARTS))));
  const linesOf = (text: string): number => text.split("\n").length - 1;
  const joined = await companionText("prosody");
  assertEquals(parts.filter((part) => joined.split(part).length !== 2), []);
  assertEquals(joined.length, parts.reduce((length, part) => length + part.length, 0));
  assertEquals(names.filter((_, at) => linesOf(parts[at] ?? "") > 300), []);
});
