import { assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { codePoints } from "../../tests/support/code_points.ts";
import { Jid } from "./jid.ts";
import { stringprep } from "./stringprep.ts";

for (
  const [name, text, local, domain, resource] of [
    ["a bare JID", "juliet@example.com", "juliet", "example.com", ""],
    ["a full JID", "juliet@example.com/foo", "juliet", "example.com", "foo"],
    ["an at sign in the resource", "juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"],
    ["slashes in the resource", "juliet@example.com/a/b//", "juliet", "example.com", "a/b//"],
    ["a server", "example.com", "", "example.com", ""],
    ["a server with a resource", "a.example.com/b@example.net", "", "a.example.com", "b@example.net"],
    // Both versions of the rules map these, to the same.
    ["capital letters", "Juliet@EXAMPLE.com/Balcony", "juliet", "example.com", "Balcony"],
    ["a capital letter of Cyrillic", "\u0418\u0432\u0430\u043d@a.test", "\u0438\u0432\u0430\u043d", "a.test", ""],
    ["a full-width letter", "\uff21lice@a.test", "alice", "a.test", ""],
    // ejabberd has two accounts where Unicode has one text.
    ["a letter and its accent as they are", "e\u0301@a.test/e\u0301", "e\u0301", "a.test", "e\u0301"],
    ["marks that are not composed as they are", "\u1eab\u0323@a.test", "\u1eab\u0323", "a.test", ""],
    ["composed marks as they are", "\u1ead\u0303@a.test", "\u1ead\u0303", "a.test", ""],
    // RFC 6122 and RFC 7622 differ about these.
    ["a modifier letter as it is", "\u1d2clice@a.test", "\u1d2clice", "a.test", ""],
    ["a sharp s as it is", "Stra\u00dfe@a.test", "Stra\u00dfe", "a.test", ""],
    ["a final sigma as it is", "\u03c2@a.test", "\u03c2", "a.test", ""],
    ["a ligature as it is", "o\ufb03ce@a.test", "o\ufb03ce", "a.test", ""],
    ["a capital without a small letter in Unicode 3.2 as it is", "\u04c0@a.test", "\u04c0", "a.test", ""],
    ["a full-width letter in a resource as it is", "a@a.test/\uff21", "a", "a.test", "\uff21"],
    ["a longest local part", `${"a".repeat(1023)}@example.com`, "a".repeat(1023), "example.com", ""],
    ["a longest resource", `example.com/${"ä".repeat(511)}x`, "", "example.com", `${"ä".repeat(511)}x`],
  ] as const
) {
  Deno.test(`Jid.parse() takes ${name}`, () => {
    const jid = Jid.parse(text);
    assertEquals([jid.local, jid.domain, jid.resource], [local, domain, resource]);
  });
}

for (
  const [name, text, expected] of [
    ["nothing", "", 'Found "" as the domain of a JID, expected a domain name'],
    ["an empty domain", "juliet@", 'Found "" as the domain of a JID, expected a domain name'],
    ["an empty local part", "@example.com", 'Found "" as the local part of a JID, expected 1 to 1023 bytes'],
    ["an empty resource", "example.com/", 'Found "" as the resource of a JID, expected 1 to 1023 bytes'],
    ["a blank", "a b@c", `Found "a b" as the local part of a JID, expected no blanks, no controls, none of "&'/:<>@`],
    ["a blank in the domain", "a@b c", 'Found "b c" as the domain of a JID, expected a domain name'],
    ["a control in the resource", "a@b/\u0007", 'Found "\u0007" as the resource of a JID, expected no controls'],
    ["half a character", "a@b/\ud800", 'Found "\ufffd" as the resource of a JID, expected no controls'],
    [
      "a full-width slash in the domain",
      "a@b\uff0fc",
      'Found "b\uff0fc" as the domain of a JID, expected a domain name',
    ],
    [
      "a full-width at sign in the domain",
      "a@b\uff20c",
      'Found "b\uff20c" as the domain of a JID, expected a domain name',
    ],
    ["a full-width blank in the domain", "a@\u3000b", 'Found "\u3000b" as the domain of a JID, expected a domain name'],
    ["two at signs", "a@b@c", 'Found "b@c" as the domain of a JID, expected a domain name'],
    [
      "an overlong local part",
      `${"é".repeat(512)}@c`,
      `Found "${"é".repeat(100)}" as the local part of a JID, expected 1 to 1023 bytes`,
    ],
  ] as const
) {
  Deno.test(`Jid.parse() refuses ${name}`, () => {
    assertEquals(assertThrows(() => Jid.parse(text), TypeError).message, expected);
  });
}

Deno.test("Jid.of() reads the parts as parse() does, and takes an empty one for none", () => {
  assertEquals(Jid.of("Alice", "Example.test", "Phone").toString(), "alice@example.test/Phone");
  assertEquals(Jid.of("", "example.test", "").toString(), "example.test");
});

Deno.test("Jid.of() refuses parts that would read as another address", () => {
  for (const [local, domain] of [["a@b", "c.test"], ["a", "b/c"], ["a", "b@c"], ["a/b", "c.test"], ["", ""]] as const) {
    assertThrows(() => Jid.of(local, domain), TypeError);
  }
});

Deno.test("Jid tells its bare form", () => {
  const full = Jid.parse("alice@example.test/phone");
  assertEquals([full.bare, full.isBare], ["alice@example.test", false]);
  assertEquals(full.toBare().toString(), full.bare);
  assertStrictEquals(full.toBare().toBare().isBare, true);
  assertEquals(Jid.parse("example.test/phone").bare, "example.test");
});

Deno.test("Jid.equals() compares all parts", () => {
  const jid = Jid.parse("alice@example.test/phone");
  for (
    const other of [
      "bob@example.test/phone",
      "alice@example.org/phone",
      "alice@example.test/Phone",
    ]
  ) {
    assertEquals(jid.equals(Jid.parse(other)), false);
  }
  assertEquals(jid.equals(Jid.of("alice", "example.test", "phone")), true);
  assertNotEquals(jid.bare, jid.toString());
});

/** Text of any characters, those that parts are cut at among them. */
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(..."aA@/. "), fc.string({ unit: "grapheme" })),
  maxLength: 12,
});

Deno.test("Jid.parse() and toString() are stable", () => {
  fc.assert(fc.property(anyText, (text) => {
    const jid = Jid.tryParse(text);
    if (jid === undefined) return;
    assertEquals(Jid.parse(jid.toString()), jid);
    assertEquals(Jid.of(jid.local, jid.domain, jid.resource), jid);
  }));
});

Deno.test("Jid.tryParse() and Jid.tryOf() answer as the others do, but for malformed parts", () => {
  assertEquals(Jid.tryParse("a@b.test/X")?.toString(), "a@b.test/X");
  assertEquals(Jid.tryOf("a", "b.test", "X")?.toString(), "a@b.test/X");
  assertEquals([Jid.tryParse("@c.test"), Jid.tryParse(""), Jid.tryOf("a/b", "c.test")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("Jid keeps apart any two code points that a server of RFC 6122 keeps apart, and maps none that it has prepared", () => {
  const seen = new Map<string, string>();
  for (const char of codePoints()) {
    const account = stringprep("nodeprep", char);
    if (!account) continue;
    const { local } = Jid.of(char, "a.test");
    // The same owner means the same account.
    assertEquals(seen.get(local) ?? account, account, char);
    seen.set(local, account);
    assertEquals(Jid.of(account, "a.test").local, account);
  }
});

Deno.test("Jid keeps apart any two code points that a server of RFC 7622 keeps apart", () => {
  const seen = new Map<string, string>();
  for (const char of codePoints()) {
    // RFC 8265 §3.3: characters with a compatibility mapping are not allowed, but for width.
    const account = char.toLowerCase().normalize("NFC");
    if (!/^\p{L}$/u.test(char) || char.normalize("NFKC") !== char.normalize("NFC")) continue;
    const { local } = Jid.of(char, "a.test");
    assertEquals(seen.get(local) ?? account, account, char);
    seen.set(local, account);
  }
});
