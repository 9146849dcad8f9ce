import { assertEquals, assertThrows } from "@std/assert";
import { LuaError, LuaReader, type LuaTable } from "./lua.ts";

/** Reads a text with a character for each byte, as a file has them. */
function read(text: string): LuaTable {
  const bytes = new TextEncoder().encode(text);
  const reader = new LuaReader(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const table = reader.table();
  reader.expectEnd();
  return table;
}

Deno.test("LuaReader reads lists and keys of every kind", () => {
  const { list, fields } = read(`{ "a", 1, {}; ["k"] = true; [false] = "roster"; [3] = -1.5e3; name = 'x', }`);
  assertEquals(list, ["a", 1, { list: [], fields: new Map() }]);
  assertEquals([...fields], [["k", true], [false, "roster"], [3, -1500], ["name", "x"]]);
});

Deno.test("LuaReader reads strings with Lua's escapes, as UTF-8", () => {
  const cases: readonly (readonly [string, string])[] = [
    [`""`, ""],
    [`"a\\"b\\\\"`, `a"b\\`],
    [`"\\n\\t\\r\\\\n"`, "\n\t\r\\n"],
    [`"\\195\\188\\240\\159\\144\\167"`, "\u00fc\u{1f427}"],
    [`"\\0011"`, "\x011"],
    [`"\\xc3\\xbc"`, "\u00fc"],
    [`"ü"`, "ü"],
    [`"a\\\nb"`, "a\nb"],
    [`'it"s'`, `it"s`],
  ];
  for (const [written, text] of cases) assertEquals(read(`{${written}}`).list, [text], written);
});

Deno.test("LuaReader runs nothing, and takes only data", () => {
  const cases = [
    `{ os.execute("true") }`,
    `{ (function() while true do end end)() }`,
    `{ "a" .. "b" }`,
    `{ 1 + 1 }`,
    `{ nil }`,
    `{ [{}] = 1 }`,
    `{ "a`,
    `{ "a\nb" }`,
    `{ "\\400" }`,
    `{ "\\q" }`,
    `{ "a" "b" }`,
    `{ ["a" = 1 }`,
    `{`,
    `{} {}`,
    `[[long]]`,
    "{".repeat(100_000),
    `{["a"]=`.repeat(100_000),
  ];
  for (const text of cases) assertThrows(() => read(text), LuaError, "expected", text.slice(0, 40));
});

Deno.test("LuaReader says nothing of what it found, which may be private", () => {
  const { message } = assertThrows(() => read(`{ "a" secret }`), LuaError);
  assertEquals(message, 'expected "}"');
});
