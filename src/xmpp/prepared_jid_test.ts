import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Jid } from "./jid.ts";
import { prepareJid, tryPrepareJid } from "./prepared_jid.ts";

const A_LABEL = "a".repeat(63);

for (
  const [name, text, local, domain, resource] of [
    // RFC 7622 §3.5, table 1.
    ["a bare JID", "juliet@example.com", "juliet", "example.com", ""],
    ["a full JID", "juliet@example.com/foo", "juliet", "example.com", "foo"],
    ["a blank in the resource", "juliet@example.com/foo bar", "juliet", "example.com", "foo bar"],
    ["an at sign in the resource", "juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"],
    ["an escaped blank", "foo\\20bar@example.com", "foo\\20bar", "example.com", ""],
    ["fussball", "fussball@example.com", "fussball", "example.com", ""],
    ["fußball, which is fussball", "fu\u00dfball@example.com", "fussball", "example.com", ""],
    ["a Greek letter", "\u03c0@example.com", "\u03c0", "example.com", ""],
    ["a capital letter of Greek", "\u03a3@example.com/foo", "\u03c3", "example.com", "foo"],
    ["a final letter of Greek", "\u03c2@example.com/foo", "\u03c3", "example.com", "foo"],
    ["a symbol in the resource", "king@example.com/\u265a", "king", "example.com", "\u265a"],
    ["a server", "example.com", "", "example.com", ""],
    ["a server with a resource", "example.com/foobar", "", "example.com", "foobar"],
    ["an at sign in a server's resource", "a.example.com/b@example.net", "", "a.example.com", "b@example.net"],
    // What servers of RFC 6122 accept.
    ["a symbol in the local part", "\u265a@example.com", "\u265a", "example.com", ""],
    ["a compatibility character", "henry\u2163@example.com", "henryiv", "example.com", ""],
    // Case and width.
    ["capital letters", "Juliet@EXAMPLE.com/Balcony", "juliet", "example.com", "Balcony"],
    ["full-width letters", "\uff2auliet@\uff25xample\uff0ecom", "juliet", "example.com", ""],
    ["a letter and its accent", "e\u0301@example.com/e\u0301", "\u00e9", "example.com", "\u00e9"],
    ["a no-break space in the resource", "juliet@example.com/a\u00a0b", "juliet", "example.com", "a b"],
    ["slashes in the resource", "juliet@example.com/a/b//", "juliet", "example.com", "a/b//"],
    // Domains.
    ["a final dot", "juliet@example.com.", "juliet", "example.com", ""],
    ["one label", "localhost", "", "localhost", ""],
    ["a label that starts with a digit", "1und1.example", "", "1und1.example", ""],
    ["an underscore", "my_server", "", "my_server", ""],
    ["a longest label", `${A_LABEL}.example`, "", `${A_LABEL}.example`, ""],
    ["an IDN", "алиса@Пример.испытание", "алиса", "пример.испытание", ""],
    ["a full-width full stop", "例え\uff0eテスト", "", "例え.テスト", ""],
    ["an A-label", "xn--e1afmkfd.example", "", "xn--e1afmkfd.example", ""],
    ["an IPv4 address", "alice@192.0.2.1", "alice", "192.0.2.1", ""],
    ["an IPv6 address", "alice@[2001:DB8::1]/x", "alice", "[2001:db8::1]", "x"],
    // Unicode 3.2 has no small letter for these, and does not have those at all; servers leave both alone.
    ["a capital of Cyrillic", "маг\u04c0омед@example.com", "маг\u04c0омед", "example.com", ""],
    ["a capital of Georgian", "\u10a0@example.com", "\u10a0", "example.com", ""],
    ["a modifier letter", "\u1d2clice@example.com", "\u1d2clice", "example.com", ""],
    ["a soft hyphen, which is nothing", "ju\u00adliet@example.com", "juliet", "example.com", ""],
    ["a ligature", "o\ufb03ce@example.com", "office", "example.com", ""],
    ["a dotted capital", "\u0130@example.com", "i\u0307", "example.com", ""],
    // Limits.
    ["a longest local part", `${"a".repeat(1023)}@example.com`, "a".repeat(1023), "example.com", ""],
    ["a longest resource", `example.com/${"ä".repeat(511)}x`, "", "example.com", `${"ä".repeat(511)}x`],
  ] as const
) {
  Deno.test(`prepareJid() takes ${name}`, () => {
    const jid = prepareJid(text);
    assertEquals([jid.local, jid.domain, jid.resource], [local, domain, resource]);
  });
}

const FORBIDDEN = `no blanks, no controls, none of "&'/:<>@`;

for (
  const [name, text, expected] of [
    // RFC 7622 §3.5, table 2.
    ["quotation marks", '"juliet"@example.com', `Found ""juliet"" as the local part of a JID, expected ${FORBIDDEN}`],
    ["a blank", "foo bar@example.com", `Found "foo bar" as the local part of a JID, expected ${FORBIDDEN}`],
    ["an empty domain", "juliet@", 'Found "" as the domain of a JID, expected a domain name'],
    ["an empty domain with a resource", "/foobar", 'Found "" as the domain of a JID, expected a domain name'],
    // Each part.
    ["nothing", "", 'Found "" as the domain of a JID, expected a domain name'],
    ["an empty local part", "@example.com", 'Found "" as the local part of a JID, expected 1 to 1023 bytes'],
    ["an empty resource", "example.com/", 'Found "" as the resource of a JID, expected 1 to 1023 bytes'],
    ["two at signs", "a@b@c", 'Found "b@c" as the domain of a JID, expected a domain name'],
    ["a full-width at sign", "a\uff20b@c", `Found "a\uff20b" as the local part of a JID, expected ${FORBIDDEN}`],
    ["nothing but a soft hyphen", "\u00ad@c", 'Found "\u00ad" as the local part of a JID, expected 1 to 1023 bytes'],
    ["a tab in the local part", "a\tb@c", `Found "a\tb" as the local part of a JID, expected ${FORBIDDEN}`],
    ["a line break at the end", "a@b\n", 'Found "b\n" as the domain of a JID, expected a domain name'],
    ["a control in the resource", "a@b/\u0007", 'Found "\u0007" as the resource of a JID, expected no controls'],
    ["half a character", "a@b/\ud800", 'Found "\ufffd" as the resource of a JID, expected no controls'],
    ["a blank in the domain", "exa mple.com", 'Found "exa mple.com" as the domain of a JID, expected a domain name'],
    ["an empty label", "a..example", 'Found "a..example" as the domain of a JID, expected a domain name'],
    ["a hyphen in front", "-a.example", 'Found "-a.example" as the domain of a JID, expected a domain name'],
    ["a hyphen at the end", "a-.example", 'Found "a-.example" as the domain of a JID, expected a domain name'],
    ["an overlong label", `a${A_LABEL}`, `Found "a${A_LABEL}" as the domain of a JID, expected a domain name`],
    ["a full-width slash in the domain", "a\uff0fb", 'Found "a\uff0fb" as the domain of a JID, expected a domain name'],
    [
      "a symbol in the domain",
      "\u265a.example",
      'Found "\u265a.example" as the domain of a JID, expected a domain name',
    ],
    ["a number too many", "192.0.2.1.1", 'Found "192.0.2.1.1" as the domain of a JID, expected an IP address'],
    ["a number too large", "192.0.2.256", 'Found "192.0.2.256" as the domain of a JID, expected an IP address'],
    ["a short IPv4 address", "127.1", 'Found "127.1" as the domain of a JID, expected an IP address'],
    ["dots", "a@..", 'Found ".." as the domain of a JID, expected an IP address'],
    ["a bad IPv6 address", "[::g]", 'Found "[::g]" as the domain of a JID, expected an IP address'],
    ["a port", "[::1]:80", 'Found "[::1]:80" as the domain of a JID, expected an IP address'],
    ["a URL in disguise", "[::1]?a]", 'Found "[::1]?a]" as the domain of a JID, expected an IP address'],
    [
      "an overlong local part",
      `${"é".repeat(512)}@c`,
      `Found "${"é".repeat(100)}" as the local part of a JID, expected 1 to 1023 bytes`,
    ],
  ] as const
) {
  Deno.test(`prepareJid() refuses ${name}`, () => {
    assertEquals(assertThrows(() => prepareJid(text), TypeError).message, expected);
  });
}

/** Text that has something to map: letters of any width, case and composition, and what parts are cut at. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."aAzß09-._@/:[]ΣςİıÅ\u0301\uff21\u3002\u200b\u00a0 "),
    fc.string({ unit: "grapheme" }),
  ),
  maxLength: 12,
});

Deno.test("prepareJid() leaves a prepared address as it is", () => {
  fc.assert(fc.property(anyText, anyText, anyText, (local, domain, resource) => {
    for (const text of [domain, `${local}@${domain}`, `${local}@b.test/${resource}`, `a@${domain}/${resource}`]) {
      const jid = tryPrepareJid(text);
      if (jid !== undefined) assertEquals(prepareJid(jid.toString()), Jid.parse(jid.toString()));
    }
  }));
});
