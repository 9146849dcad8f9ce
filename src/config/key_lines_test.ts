import { assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { parse, TomlError } from "smol-toml";
import { keyLines } from "./key_lines.ts";
import { dotted, isTable } from "./toml.ts";

/** Each case: TOML, and the lines of its keys. */
const CASES: Readonly<Record<string, readonly [string, Readonly<Record<string, number>>]>> = {
  "keys and comments": ["# a = 1\n\na = 1 # b = 2\nb = 2", { a: 3, b: 4 }],
  "tables": ["a = 1\n[t]\nb = 2\n[t.u] # [v]\nc = 3", { a: 1, t: 2, "t.b": 3, "t.u": 4, "t.u.c": 5 }],
  "dotted and quoted keys": [
    'a.b = 1\n"a.b" = 2\n\'x y\' . z = 3\n"\\u0041" = 4',
    { "a.b": 1, '"a.b"': 2, '"x y".z': 3, A: 4 },
  ],
  "inline tables": [
    't = { u = "}", v = { w = 1, x = [1,\n2] },\n y = 1979-05-27 07:32:00 }\nz = 1',
    { t: 1, "t.u": 1, "t.v": 1, "t.v.w": 1, "t.v.x": 1, "t.y": 3, z: 4 },
  ],
  "multi-line strings that look like TOML": [
    'a = """\nb = 1\n[c]\n\\"""\n"""\nd = \'\'\'\n[e]\nf = 1\'\'\'\ng = 1',
    { a: 1, d: 6, g: 9 },
  ],
  "strings that end in quotes": ['a = """x"""""\nb = """"""\nc = \'\'\'\'x\'\'\'\'\nd = "\\"]#"\ne = \'\'', {
    a: 1,
    b: 2,
    c: 3,
    d: 4,
    e: 5,
  }],
  "arrays": ["a = [ # b = 1\n \"]\", '[',\n [2, 3], ]\nc = 1", { a: 1, c: 4 }],
  "the first of an array of tables": ["[[t]]\na = 1\n[[t]]\na = 2", { t: 1, "t.a": 2 }],
  "line ends of Windows": ["a = 1\r\n[t]\r\nb = 2\r\n", { a: 1, t: 2, "t.b": 3 }],
};

for (const [name, [toml, lines]] of Object.entries(CASES)) {
  Deno.test(`keyLines() finds ${name}`, () => {
    parse(toml);
    assertEquals(Object.fromEntries(keyLines(toml)), lines);
  });
}

/** Values that end on another line than they begin on, or hold what looks like a key, a table or a comment. */
const VALUES = [
  "1",
  "true # k1 = 2",
  "1979-05-27T07:32:00Z",
  '"k1 = 2"',
  "'[k1]'",
  '"""\nk1 = 2\n\\""" """',
  "'''\n[k1]\n'' '''",
  '[\n  "k1", # ]\n  [1, 2],\n]',
  "[{ k1 = 1 }, { k1 = '}' }]",
  '{ k1 = "}", k2 = { k3 = [1] } }',
  "{}",
  "[]",
];

Deno.test("keyLines() finds every key of any document, on the line where it stands", () => {
  const statement = fc.record({
    value: fc.constantFrom(...VALUES),
    table: fc.boolean(),
    quoted: fc.boolean(),
    before: fc.constantFrom("", "\n", "# k = 1\n", "  "),
  });
  fc.assert(fc.property(fc.array(statement, { maxLength: 8 }), (statements) => {
    let toml = "";
    let table: string[] = [];
    const expected = new Map<string, number>();
    for (const [index, { value, table: opens, quoted, before }] of statements.entries()) {
      const name = quoted ? `s ${index}` : `s${index}`;
      toml += before;
      if (opens) table = [name];
      expected.set(dotted(opens ? table : [...table, name]), toml.split("\n").length);
      const key = quoted ? `"${name}"` : name;
      toml += opens ? `[ ${key} ]\n` : `${key} = ${value}\n`;
    }
    const found = keyLines(toml);
    for (const [key, line] of expected) assertEquals(found.get(key), line, toml);
    assertEquals(keysOf(parse(toml)).filter((key) => !found.has(key)), []);
  }));
});

Deno.test("keyLines() finds every key of whatever the parser takes, and comes to an end on what it does not", () => {
  const unit = fc.constantFrom(..."ab1==[]{}\"'#.,\n\\ ");
  const line = fc.string({ unit, maxLength: 12 });
  const nearlyToml = fc.array(fc.oneof(line, line.map((text) => `a = ${text}`)), { maxLength: 4 });
  fc.assert(
    fc.property(nearlyToml, (lines) => {
      const toml = lines.join("\n");
      try {
        const found = keyLines(toml);
        assertEquals(keysOf(parse(toml)).filter((key) => !found.has(key)), []);
      } catch (error) {
        assertInstanceOf(error, TomlError);
      }
    }),
    { numRuns: 2000 },
  );
});

function keysOf(table: Record<string, unknown>, path: readonly string[] = []): string[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const inner = [...path, name];
    return [dotted(inner), ...isTable(value) ? keysOf(value, inner) : []];
  });
}
