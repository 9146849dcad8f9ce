import { assertEquals, assertStrictEquals } from "@std/assert";
import { canonical } from "../../tests/support/canonical.ts";
import { readXml } from "../../tests/support/codec.ts";
import { xml } from "../xml/element.ts";
import { Opaque } from "../xml/opaque.ts";
import { StanzaError } from "./error.ts";
import { Jid } from "./jid.ts";
import { asClient, iqError, iqResult, NS_CLIENT, readError, writeError } from "./stanza.ts";

const REQUEST = "<iq type='get' id='i1' from='alice@example.test/phone' to='archive.example.test'/>";

Deno.test("iqResult() goes back to the sender under the same id (RFC 6120 §8.2.3)", () => {
  assertEquals(
    canonical(iqResult(readXml(REQUEST), xml("query", { xmlns: "urn:example" }))),
    canonical(readXml(`
      <iq type='result' id='i1' from='archive.example.test' to='alice@example.test/phone'>
        <query xmlns='urn:example'/>
      </iq>`)),
  );
});

Deno.test("iqResult() answers a request that is not an element, and leaves out an address that it lacks", () => {
  assertEquals(
    canonical(iqResult({ id: "i1", from: Jid.parse("alice@example.test/phone"), to: undefined })),
    canonical(readXml("<iq type='result' id='i1' to='alice@example.test/phone'/>")),
  );
});

Deno.test("iqError() goes back with the error (RFC 6120 §8.3.1)", () => {
  assertEquals(
    canonical(iqError(readXml(REQUEST), new StanzaError("item-not-found"))),
    canonical(readXml(`
      <iq type='error' id='i1' from='archive.example.test' to='alice@example.test/phone'>
        <error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>
      </iq>`)),
  );
});

for (
  const [name, text, error] of [
    [
      "a condition",
      "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      new StanzaError("item-not-found"),
    ],
    [
      "a text",
      `<error type='modify'>
        <bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
        <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Found "x"</text>
      </error>`,
      new StanzaError("bad-request", 'Found "x"'),
    ],
    [
      "another type than the usual",
      "<error type='wait'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      new StanzaError("item-not-found", "", { type: "wait" }),
    ],
  ] as const
) {
  Deno.test(`writeError() and readError() agree on ${name} (RFC 6120 §8.3.2)`, () => {
    assertEquals(canonical(writeError(error)), canonical(readXml(text)));
    assertEquals(parts(readError(readXml(text))), parts(error));
  });
}

for (
  const [name, text, condition, type, said] of [
    [
      "the stanza around the error",
      `<iq type='error'>${"<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"}</iq>`,
      "forbidden",
      "auth",
      "",
    ],
    [
      "a condition without a type",
      "<error><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      "forbidden",
      "auth",
      "",
    ],
    [
      "a type that is none",
      "<error type='x'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      "gone",
      "cancel",
      "",
    ],
    [
      "a condition after its text",
      `<error type='wait'>
        <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Later</text>
        <resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
      </error>`,
      "resource-constraint",
      "wait",
      "Later",
    ],
    [
      "an unknown condition",
      "<error type='cancel'><x xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      "undefined-condition",
      "cancel",
      "",
    ],
    [
      "a condition of another namespace",
      "<error type='cancel'><gone xmlns='urn:example'/></error>",
      "undefined-condition",
      "cancel",
      "",
    ],
    ["a stanza without an error", "<iq type='error'/>", "undefined-condition", "cancel", ""],
  ] as const
) {
  Deno.test(`readError() takes ${name}`, () => {
    assertEquals(parts(readError(readXml(text))), [condition, type, said]);
  });
}

Deno.test("asClient() says the namespace, and leaves the stanza as it is", () => {
  const message = readXml("<message to='a@b'><body>x</body></message>");
  assertEquals(
    canonical(asClient(message)),
    canonical(readXml("<message xmlns='jabber:client' to='a@b'><body>x</body></message>")),
  );
  assertEquals(message.attrs["xmlns"], undefined);
  const already = xml("message", { xmlns: NS_CLIENT });
  const serialised = new Opaque("<message xmlns='jabber:client'/>");
  assertStrictEquals(asClient(already), already);
  assertStrictEquals(asClient(serialised), serialised);
});

function parts(error: StanzaError): unknown[] {
  return [error.condition, error.type, error.text];
}
