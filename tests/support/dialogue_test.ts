import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { xml } from "../../src/xml/element.ts";
import { readXml } from "./codec.ts";
import { type Dialogue, readDialogue } from "./dialogue.ts";
import { match } from "./dialogue_match.ts";
import { playDialogue, type Stage } from "./dialogue_play.ts";

const FILES: Record<string, string> = {
  "given/hello": `# Hello\nserver\n<hello/>\n`,
  page:
    `# XEP-0000 §1: a title\n\nset limit = 2\nset policy = "roster"\ngiven hello\nat 2026-11-22T18:00:00Z\n# Why.\nreply\n<a>\n  <b/>\n</a>\n<c/>\n`,
  lost: `# Text before any act\n<a/>\n`,
  unknown: `# An act that there is not\nshout\n<a/>\n`,
  directed: `# A direction that says something\nrestart\n<a/>\n`,
};

function read(name: string): Dialogue {
  return readDialogue(name, (file) => FILES[file] ?? "");
}

Deno.test("readDialogue() reads title, settings, and acts behind those that are given", () => {
  const { title, settings, acts } = read("page");
  assertEquals([title, settings], ["XEP-0000 §1: a title", 'limit = 2\npolicy = "roster"']);
  assertEquals(acts, [
    { kind: "server", argument: "", text: "<hello/>\n", where: "given/hello.dialogue:2" },
    { kind: "at", argument: "2026-11-22T18:00:00Z", text: "", where: "page.dialogue:6" },
    { kind: "reply", argument: "", text: "<a>\n  <b/>\n</a>\n<c/>\n", where: "page.dialogue:8" },
  ]);
});

for (const [name, line] of [["lost", 2], ["unknown", 2], ["directed", 3]] as const) {
  Deno.test(`readDialogue() names the line that it cannot read: ${FILES[name]?.split("\n")[0]}`, () => {
    assertThrows(() => read(name), SyntaxError, `${name}.dialogue:${line}`);
  });
}

const MATCHES: readonly [expected: string, said: string, captures: Record<string, string> | undefined][] = [
  [`<a xmlns="urn:n" b="1"/>`, `<p:a xmlns:p="urn:n" b="1"/>`, {}],
  [`<a b="1"/>`, `<a b="2"/>`, undefined],
  [`<a/>`, `<a b="1"/>`, undefined],
  [`<a/>`, `<a><b/></a>`, undefined],
  [`<a b="{id}"><c>{text}</c></a>`, `<a b="x.y"><c>hello</c></a>`, { id: "x.y", text: "hello" }],
  [`<a>...</a>`, `<a/>`, {}],
  [`<a>...</a>`, `<a><b><c/></b>text</a>`, {}],
  [`<a><b/>...</a>`, `<a><b/><c/></a>`, {}],
  [`<a><b/>...</a>`, `<a><c/><b/></a>`, undefined],
  [`<a><b>...</b><c/></a>`, `<a><b><c/></b></a>`, undefined],
];

for (const [expected, said, captures] of MATCHES) {
  Deno.test(`match() of ${expected} and ${said}: ${captures ? JSON.stringify(captures) : "no"}`, () => {
    if (captures === undefined) assertThrows(() => match(readXml(expected), readXml(said)), Error, "something else");
    else assertEquals(Object.fromEntries(match(readXml(expected), readXml(said))), captures);
  });
}

Deno.test("playDialogue() names the act at which Annals says something else", async () => {
  const stage = { next: () => Promise.resolve(xml("b", {})) } as Partial<Stage> as Stage;
  const dialogue = readDialogue("wrong", () => "# Wrong\n\ncomponent\n<a/>\n");
  await assertRejects(() => playDialogue(dialogue, stage), Error, "The dialogue goes differently at wrong.dialogue:3");
});
