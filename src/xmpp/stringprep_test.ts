/** RFC 3454, RFC 3491, RFC 6122: examples, and every code point beside the servers' own libraries where they are installed. */
import { assertEquals } from "@std/assert";
import { codePoints } from "../../tests/support/code_points.ts";
import { type Profile, stringprep } from "./stringprep.ts";
import * as tables from "./stringprep_tables.ts";

// draft-josefsson-idn-test-vectors, "Nameprep test vectors" (JPCERT), which RFC 3491's authors published; code points in text.
const NAMEPREP: readonly (readonly [name: string, input: string, output: string | undefined])[] = [
  [
    "characters that map to nothing",
    "foo\u00ad\u034f\u1806\u180bbar\u200b\u2060baz\ufe00\ufe08\ufe0f\ufeff",
    "foobarbaz",
  ],
  ["ASCII capitals", "CAFE", "cafe"],
  ["the German sharp s", "\u00df", "ss"],
  ["a capital with a dot", "\u0130", "i\u0307"],
  ["a letter that folds to several", "\u0143\u037a", "\u0144 \u03b9"],
  ["a letter that folds after its compatibility mapping", "\u2121\u33c6\u{1d7bb}", "telc\u2215kg\u03c3"],
  ["composition", "j\u030c\u00a0\u00aa", "\u01f0 a"],
  ["folding with composition", "\u1fb7", "\u1fb6\u03b9"],
  ["an ASCII blank", "\u0020", "\u0020"],
  ["a no-break space, which maps to a blank", "\u00a0", "\u0020"],
  ["an Ogham space", "\u1680", undefined],
  ["an ASCII control", "\u0010\u007f", "\u0010\u007f"],
  ["another control", "\u0085", undefined],
  ["a Mongolian vowel separator", "\u180e", undefined],
  ["a byte order mark", "\ufeff", ""],
  ["a control of mathematics", "\u{1d175}", undefined],
  ["private use", "\uf123", undefined],
  ["private use of plane 15", "\u{f1234}", undefined],
  ["no character", "\u{8fffe}", undefined],
  ["an object's place", "\ufffc", undefined],
  ["an ideographic description", "\u2ff5", undefined],
  ["a display property", "\u0341", "\u0301"],
  ["a mark from left to right", "\u200e", undefined],
  ["a tag", "\u{e0001}", undefined],
  ["a Hebrew letter between Latin ones", "foo\u05bebar", undefined],
  ["an Arabic ligature between Latin letters", "foo\ufd50bar", undefined],
  ["an Arabic ligature before a mark", "foo\ufe76bar", "foo \u064ebar"],
  ["Arabic that ends in a digit", "\u0627\u0031", undefined],
  ["Arabic around a digit", "\u0627\u0031\u0628", "\u0627\u0031\u0628"],
  ["a code point that Unicode 3.2 leaves unassigned", "\u{e0002}", "\u{e0002}"],
];

for (const [name, input, output] of NAMEPREP) {
  Deno.test(`nameprep of ${name}`, () => assertEquals(stringprep("nameprep", input), output));
}

const OTHERS: readonly (readonly [profile: Profile, input: string, output: string | undefined])[] = [
  ["nodeprep", "a b", undefined],
  ["nodeprep", "a\u00a0b", undefined],
  ["nodeprep", "a\uff20b", undefined],
  ["nodeprep", "Stra\u00dfe", "strasse"],
  ["nodeprep", "\u03a3\u03c2", "\u03c3\u03c3"],
  ["nodeprep", "\u1d2clice", "\u1d2clice"],
  ["nodeprep", "\u1d2cA\u0301", "\u1d2c\u00e1"],
  ["nodeprep", "\u04c0\u10a0\u2132", "\u04c0\u10a0\u2132"],
  ["resourceprep", "A b", "A b"],
  ["resourceprep", "\uff21\u00aa", "Aa"],
  ["resourceprep", "a\u0007", undefined],
];

for (const [profile, input, output] of OTHERS) {
  Deno.test(`${profile} of ${JSON.stringify(input)}`, () => assertEquals(stringprep(profile, input), output));
}

Deno.test("Every code point, prepared, prepares to itself", () => {
  for (const profile of ["nodeprep", "nameprep", "resourceprep"] as const) {
    for (const char of codePoints()) {
      const prepared = stringprep(profile, char);
      if (prepared) assertEquals(stringprep(profile, prepared), prepared);
    }
  }
});

Deno.test({
  name: "The tables are those that the script writes",
  ignore: !await runs("python3", "-c", "import stringprep"),
  async fn(): Promise<void> {
    const script = new URL("../../scripts/stringprep/tables.py", import.meta.url).pathname;
    const written = new TextDecoder().decode((await new Deno.Command("python3", { args: [script] }).output()).stdout);
    for (const [name, table] of Object.entries(tables)) {
      assertEquals(new RegExp(`export const ${name} = \`([^\`]*)\``).exec(written)?.[1], table);
    }
  },
});

/** Prints what Prosody makes of each line, in hexadecimal: three profiles, "-" for a refusal. */
const PREPARE_IN_PROSODY = `
package.cpath = "/usr/lib/prosody/?.so;" .. package.cpath
local prep = require "util.encodings".stringprep
local function hex(text) return text and "=" .. text:gsub(".", function (c) return ("%02x"):format(c:byte()) end) or "-" end
for line in io.lines() do
  local text = line:gsub("..", function (digits) return string.char(tonumber(digits, 16)) end)
  print(hex(prep.nodeprep(text)) .. " " .. hex(prep.nameprep(text)) .. " " .. hex(prep.resourceprep(text)))
end`;

Deno.test({
  name:
    "Every code point becomes what Prosody makes of it, or is one that Prosody refuses and Unicode 3.2 leaves unassigned",
  ignore: !await runs("lua5.4", "-e", `package.cpath = "/usr/lib/prosody/?.so"; require "util.encodings"`),
  async fn(): Promise<void> {
    const texts = [...codePoints()].slice(1);
    const prosody = new Deno.Command("lua5.4", {
      args: ["-e", PREPARE_IN_PROSODY],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const written = new Response(texts.map((text) => hexOf(text) + "\n").join("")).body?.pipeTo(prosody.stdin);
    const [{ stdout }] = await Promise.all([prosody.output(), written]);
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertEquals(lines.length, texts.length);
    for (const [at, line] of lines.entries()) {
      const text = texts[at] ?? "";
      for (const [nth, theirs] of line.split(" ").entries()) {
        const prepared = stringprep((["nodeprep", "nameprep", "resourceprep"] as const)[nth] ?? "nodeprep", text);
        const ours = prepared === undefined ? "-" : `=${hexOf(prepared)}`;
        if (ours !== theirs && !(theirs === "-" && hasUnassigned(text))) assertEquals(ours, theirs, hexOf(text));
      }
    }
  },
});

const UNASSIGNED = tables.UNASSIGNED.trim().split(/\s+/).map((run) =>
  run.split("-").map((digits) => parseInt(digits, 16))
);

function hasUnassigned(text: string): boolean {
  return [...text].some((char) => {
    const code = char.codePointAt(0) ?? 0;
    return UNASSIGNED.some(([first = 0, last = first]) => first <= code && code <= last);
  });
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function runs(command: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}
