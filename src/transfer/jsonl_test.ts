import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { openMemoryStore } from "../store/memory/mod.ts";
import { TransferError } from "./error.ts";
import { exportItems, ownersOf } from "./export.ts";
import { importItems } from "./import.ts";
import type { Item } from "./item.ts";
import { readJsonl, writeJsonl } from "./jsonl.ts";
import { Summary } from "./summary.ts";
import { storeTarget } from "./target.ts";
import { anyArchives, HOSTS, NOW } from "../../tests/support/transfer/archives.ts";
import { withFile } from "../../tests/support/transfer/files.ts";

const LINE = '{"owner":"romeo@montague.example","id":"a1","time":"2026-11-22T18:00:00.123Z",' +
  `"with":"juliet@capulet.example/balcony","stanza":"<message xmlns=\\"jabber:client\\" to=\\"juliet@capulet.example/balcony\\">` +
  '<body>\u{1f427} \\"\\n</body></message>"}\n';
const PREFERENCES =
  '{"owner":"romeo@montague.example","preferences":{"default":"roster","always":["juliet@capulet.example"],"never":[]}}\n';

/** Imports a file into an empty store; returns the export of that. */
async function throughStore(path: string): Promise<string> {
  await using store = openMemoryStore();
  const summary = new Summary();
  await importItems(readJsonl(path), { target: storeTarget(store), hosts: new Set(HOSTS), now: NOW, summary });
  assertEquals([...summary.skipped], []);
  return await written(exportItems(store, ownersOf(store, HOSTS)));
}

async function written(items: AsyncIterable<Item>): Promise<string> {
  return (await Array.fromAsync(writeJsonl(items as Parameters<typeof writeJsonl>[0]))).join("");
}

Deno.test("a line says whose it is, and what there is", async () => {
  await withFile(PREFERENCES + LINE, async (path) => {
    assertEquals([...readJsonl(path)].map(({ kind }) => kind), ["preferences", "entry"]);
    assertEquals(await throughStore(path), PREFERENCES + LINE);
  });
});

Deno.test("what is kept beside a stanza goes along", async () => {
  const line = LINE.replace(/}\n$/, ',"beside":"alice@capulet.example/desk\\n{}"}\n');
  await withFile(line, async (path) => assertEquals(await throughStore(path), line));
});

Deno.test("what is exported, imported and exported again is the same text", async () => {
  await fc.assert(
    fc.asyncProperty(anyArchives, async (items) => {
      const text = await written(items);
      await withFile(text, async (path) => assertEquals(await throughStore(path), text));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a file that is cut off, or garbage, is read up to there, and the line is named", async () => {
  const cases: Readonly<Record<string, string | Uint8Array>> = {
    "cut off": LINE + LINE.slice(0, 100),
    "garbage": LINE + "\x00\x01\x02",
    "no UTF-8": new Uint8Array([...new TextEncoder().encode(LINE), 0x22, 0xff, 0x22, 0x0a]),
    "an array": `${LINE}[]\n`,
    "no owner": `${LINE}{"id":"a"}\n`,
    "a foreign owner": LINE + LINE.replace("romeo@montague.example", "Romeo@montague.example/x"),
    "an empty line": `${LINE}\n${LINE}`,
    "no time": LINE + LINE.replace("2026-11-22T18:00:00.123Z", "yesterday"),
    "no list": LINE + PREFERENCES.replace("[]", "{}"),
    "a giant line": LINE + `{"owner":"${"a".repeat(5_000_000)}"}\n`,
  };
  for (const [name, content] of Object.entries(cases)) {
    await withFile(content, (path) => {
      const read: Item[] = [];
      const error = assertThrows(() => readJsonl(path).forEach((item) => read.push(item)), TransferError, ", line 2: ");
      assert(error.message.startsWith(`Cannot read "${path}"`), name);
      assert(!error.message.includes("\u{1f427}") && error.cause === undefined, name);
      assertEquals(read.length, 1, name);
    });
  }
});

Deno.test("a folder is called what it is", () => {
  assertThrows(() => [...readJsonl(import.meta.dirname ?? "")], TransferError, ": found a folder, expected a file");
});

Deno.test("a stanza that could break out of its place is not taken", async () => {
  const bad = [
    "</message>",
    "<message/><message/>",
    "<message><body></message>",
    "<iq/>",
    "text",
    "",
    "<message xmlns='urn:other'/>",
    "<!DOCTYPE x><message/>",
    "<x:message xmlns:x='jabber:client'/>",
    "<message a='1' a='2'/>",
    "<y:message/>",
  ];
  const lines = bad.map((stanza) => `${JSON.stringify({ ...JSON.parse(LINE), stanza })}\n`);
  await withFile([...lines, LINE].join(""), (path) => {
    assertEquals([...readJsonl(path)].map(({ kind }) => kind), [...bad.map(() => "skipped"), "entry"]);
  });
});
