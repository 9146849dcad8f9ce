import { assertEquals } from "@std/assert";
import { MessageReader, type Told } from "./message.ts";

const TOLD: Told = {
  owner: "romeo@montague.example",
  id: "a1",
  time: 0,
  message: "<message to='juliet@capulet.example/balcony'/>",
};

/** Describes the result for a message in a word or two. */
function made(told: Partial<Told>): string {
  const item = new MessageReader().read({ ...TOLD, ...told });
  return item.kind === "skipped" ? item.reason : item.kind;
}

Deno.test("only ids that can be sent with a page are taken (XEP-0313 §4.2)", () => {
  const long = "with an archive id of more than 1024 bytes";
  const illegal = "with an archive id of characters that XML does not have";
  const cases: readonly (readonly [id: string, made: string])[] = [
    ["a".repeat(1024), "entry"],
    ["\u{1f427}".repeat(256), "entry"],
    ["\t <&\"'>\n", "entry"],
    ["", "without an archive id"],
    ["a".repeat(1025), long],
    ["a".repeat(2_000_000), long],
    ["\u{1f427}".repeat(257), long],
    ["a\u0001b", illegal],
    ["\0", illegal],
    ["\uffff", illegal],
    ["\ud83d", illegal],
  ];
  for (const [id, expected] of cases) assertEquals(made({ id }), expected, JSON.stringify(id.slice(0, 20)));
});

Deno.test("only correspondents that are JIDs are taken (RFC 7622 §3)", () => {
  const cases: readonly (readonly [told: Partial<Told>, made: string])[] = [
    [{ peer: "juliet@capulet.example/o'clock" }, "entry"],
    [{ bare: "juliet@capulet.example" }, "entry"],
    [{ peer: "" }, "an address that cannot be read"],
    [{ peer: "a\u0001b@capulet.example" }, "an address that cannot be read"],
    [{ peer: "juliet@capulet.example/a\u0001b" }, "an address that cannot be read"],
    [{ peer: `juliet@capulet.example/${"a".repeat(2_000_000)}` }, "an address that cannot be read"],
    [{ bare: "a b" }, "an address that cannot be read"],
    [{ message: "<message to='a b'/>" }, "an address that cannot be read"],
  ];
  for (const [told, expected] of cases) assertEquals(made(told), expected, JSON.stringify(told).slice(0, 60));
});
