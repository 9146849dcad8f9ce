import { assertEquals, assertThrows } from "@std/assert";
import { optionFrom } from "./option_data.ts";

Deno.test("optionFrom() makes an option of each type", () => {
  const cases = [
    [{ type: "text" }, "x", "x"],
    [{ type: "flag" }, true, true],
    [{ type: "integer", min: 1, max: 3 }, 3, 3],
    [{ type: "choice", choices: ["a", "b"] }, "b", "b"],
    [{ type: "list", of: { type: "integer" } }, [1, 2], [1, 2]],
    [{ type: "union", of: [{ type: "flag" }, { type: "choice", choices: ["roster"] }] }, "roster", "roster"],
    [{ type: "period" }, "1d", 86_400],
    [{ type: "path" }, "x", "/etc/annals/x"],
    [{ type: "domain" }, "Example.org", "example.org"],
  ] as const;
  for (const [data, raw, value] of cases) {
    assertEquals(optionFrom({ ...data, doc: "Something" }).parse(raw, "/etc/annals"), value, data.type);
  }
});

Deno.test("optionFrom() keeps what is said about the option", () => {
  const about = { doc: "How far", default: 3, example: 4, reload: true, secret: true } as const;
  const option = optionFrom({ type: "integer", ...about });
  const { doc, default: byDefault, example, reload, secret } = option;
  assertEquals({ doc, default: byDefault, example, reload, secret }, about);
  assertThrows(() => option.parse("x", "/"), TypeError, "an integer");
});

Deno.test("optionFrom() says what is wrong with the data", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, 'Cannot read it as an object such as { type: "text", doc: "…" }'],
    [{ doc: "x" }, "The type is unknown, there are text, flag, domain, path, period, integer, choice, list, union"],
    [{ type: "toString", doc: "x" }, "The type is unknown, there are text"],
    [{ type: "text" }, 'The field "doc" is missing: one line that says what the option is for'],
    [{ type: "integer", doc: "x", min: "1" }, 'The field "min" is not an integer'],
    [{ type: "integer", doc: "x", min: 1, default: 0 }, 'The field "default" is not an integer of at least 1'],
    [{ type: "text", doc: "x", defualt: "y" }, 'The field "defualt" is unknown, there are type, '],
    [{ type: "text", doc: "x", reload: 1 }, 'The field "reload" is not true or false'],
    [{ type: "list", doc: "x" }, 'Cannot read it as an object such as { type: "text", doc: "…" }'],
  ];
  for (const [data, message] of cases) assertThrows(() => optionFrom(data), TypeError, message);
});
