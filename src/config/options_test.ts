import { assertEquals, assertThrows } from "@std/assert";
import { address, choice, domain, flag, integer, type Kind, list, path, period, text, union } from "./options.ts";

const FOLDER = "/etc/annals";

interface Case {
  readonly kind: Kind<unknown>;
  readonly expects: string;
  readonly takes: readonly (readonly [raw: unknown, value: unknown])[];
  /** Of another type. */
  readonly wrong: readonly unknown[];
  /** Of the right type, but out of range. */
  readonly outside: readonly unknown[];
}

const CASES: Readonly<Record<string, Case>> = {
  text: {
    kind: text(),
    expects: "a text that is not empty",
    takes: [["x", "x"], [" ", " "]],
    wrong: [1, true, ["x"], {}],
    outside: [""],
  },
  flag: {
    kind: flag(),
    expects: "true or false",
    takes: [[true, true], [false, false]],
    wrong: ["true", 0, 1],
    outside: [],
  },
  "integer with two bounds": {
    kind: integer({ min: 1, max: 65535 }),
    expects: "an integer from 1 to 65535",
    takes: [[1, 1], [65535, 65535]],
    wrong: ["1", 1.5, NaN, 2 ** 53, true],
    outside: [0, 65536, -1],
  },
  "integer with a lower bound": {
    kind: integer({ min: 1 }),
    expects: "an integer of at least 1",
    takes: [[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
    wrong: [1.5],
    outside: [0],
  },
  "integer with an upper bound": {
    kind: integer({ max: 9 }),
    expects: "an integer of at most 9",
    takes: [[-5, -5], [9, 9]],
    wrong: [],
    outside: [10],
  },
  "integer without bounds": { kind: integer(), expects: "an integer", takes: [[-5, -5]], wrong: ["x"], outside: [] },
  choice: {
    kind: choice("debug", "info", "warn"),
    expects: '"debug", "info", or "warn"',
    takes: [["info", "info"]],
    wrong: ["Info", "", 1],
    outside: [],
  },
  list: {
    kind: list(integer({ min: 1 })),
    expects: "a list in brackets, each item an integer of at least 1",
    takes: [[[], []], [[1, 2], [1, 2]]],
    wrong: [1, "1", {}],
    outside: [[1, 0], ["x"]],
  },
  union: {
    kind: union(flag(), choice("roster")),
    expects: 'true or false or "roster"',
    takes: [[true, true], ["roster", "roster"]],
    wrong: ["rooster", 1],
    outside: [],
  },
  period: {
    kind: period(),
    expects: 'a whole number of seconds above 0, a period such as "30d", "1w", "6m" or "2y", or "never"',
    takes: [["1w", 604_800], ["never", Infinity]],
    wrong: ["soon"],
    outside: [0],
  },
  domain: {
    kind: domain(),
    expects: "a domain name",
    takes: [["example.org", "example.org"], ["Example.ORG", "example.org"], ["localhost", "localhost"]],
    wrong: [1, ["example.org"]],
    outside: ["", "a b", "alice@example.org", "example.org/x", "-"],
  },
  address: {
    kind: address(),
    expects: 'an address and a port, such as "127.0.0.1:9469"',
    takes: [
      ["127.0.0.1:9469", { hostname: "127.0.0.1", port: 9469 }],
      ["[::1]:9469", { hostname: "::1", port: 9469 }],
      ["localhost:0", { hostname: "localhost", port: 0 }],
    ],
    wrong: [9469, true],
    outside: ["", "9469", ":9469", "127.0.0.1", "::1:9469", "localhost:65536", "http://localhost:9469", "localhost:x"],
  },
  path: {
    kind: path(),
    expects: "the path of a file or folder",
    takes: [["data/x.sqlite", "/etc/annals/data/x.sqlite"], ["/var/x", "/var/x"], ["../x", "/etc/x"]],
    wrong: [1],
    outside: ["", "a\0b"],
  },
};

for (const [name, { kind, expects, takes, wrong, outside }] of Object.entries(CASES)) {
  Deno.test(`${name} takes ${expects}`, () => {
    assertEquals(kind.expects, expects);
    for (const [raw, value] of takes) assertEquals(kind.parse(raw, FOLDER), value);
    for (const raw of wrong) assertThrows(() => kind.parse(raw, FOLDER), TypeError, expects);
    for (const raw of outside) assertThrows(() => kind.parse(raw, FOLDER), RangeError, expects);
  });
}

Deno.test("list() says which item is wrong", () => {
  const message = "a list in brackets, each item true or false (item 2 is not)";
  assertThrows(() => list(flag()).parse([true, 1], FOLDER), RangeError, message);
});
