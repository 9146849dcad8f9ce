import { assertEquals } from "@std/assert";
import plugin from "./plain_english.ts";

function findings(source: string): readonly string[] {
  return Deno.lint.runPlugin(plugin, "main.ts", source).map(({ id }) => id.replace("plain-english/", ""));
}

const CASES: readonly { title: string; source: string; expected: readonly string[] }[] = [
  { title: "accepts a verb", source: "/** Returns a page. */", expected: [] },
  { title: "accepts a noun", source: "/**\n * Messages that wait.\n */", expected: [] },
  { title: "rejects a question", source: "/** What waits. */", expected: ["doc-comment"] },
  { title: "rejects a question on the next line", source: "/**\n * Whether it waits.\n */", expected: ["doc-comment"] },
  { title: "leaves other comments alone", source: "// What waits.\n/* How */", expected: [] },
  { title: "accepts an error with a subject", source: "new Error(`Cannot read ${x}`)", expected: [] },
  { title: "accepts what there is not", source: "new UsageError(`There is no setup for ${x}`)", expected: [] },
  { title: "rejects what there is", source: 'new Error("There is another")', expected: ["error-message"] },
  { title: "rejects a small letter", source: 'new TypeError("cannot")', expected: ["error-message"] },
  { title: "rejects an error without a subject", source: 'new Error("It is gone")', expected: ["error-message"] },
  { title: "rejects a full stop", source: "new Error(`Found ${x}.`)", expected: ["error-message"] },
  {
    title: "reads the text of a stanza error",
    source: 'new StanzaError("bad-request", "this is wrong")',
    expected: ["error-message"],
  },
  {
    title: "reads the text of a connection error",
    source: 'new ConnectionError("lost", `It broke`)',
    expected: ["error-message"],
  },
  { title: "leaves a condition alone", source: 'new StanzaError("bad-request")', expected: [] },
];

Deno.test("plain English: the errors of tests are their own", () => {
  assertEquals(Deno.lint.runPlugin(plugin, "main_test.ts", 'new Error("disk full")'), []);
});

for (const { title, source, expected } of CASES) {
  Deno.test(`plain English: ${title}`, () => assertEquals(findings(source), expected));
}
