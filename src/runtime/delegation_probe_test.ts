import { assertEquals } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import type { Element } from "../xml/element.ts";
import { DelegationProbe } from "./delegation_probe.ts";
import { PendingRequests } from "./pending.ts";

/** Asks a server that answers with an error of this condition, after it has delegated the query or not. */
async function answererOf(condition: string | undefined, delegates: boolean): Promise<string> {
  const pending: PendingRequests = new PendingRequests((iq) => {
    if (delegates) probe.note(iq);
    pending.settle(reply(iq, condition));
    return Promise.resolve();
  });
  const probe = new DelegationProbe(pending);
  return await probe.ask("a.test", 1);
}

function reply({ attrs: { id, to } }: Element, condition: string | undefined): Element {
  if (condition === undefined) {
    return readXml(`<iq type="result" id="${id}" from="${to}"><query xmlns="urn:xmpp:mam:2"/></iq>`);
  }
  const error = `<error type="cancel"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
  return readXml(`<iq type="error" id="${id}" from="${to}">${error}</iq>`);
}

Deno.test("DelegationProbe.ask() recognises its query when the server delegates it, whatever the answer", async () => {
  assertEquals(await answererOf("forbidden", true), "annals");
  assertEquals(await answererOf("service-unavailable", true), "annals");
});

Deno.test("DelegationProbe.ask() tells a server that answers by itself from one that has nobody for the query", async () => {
  assertEquals(await answererOf("not-allowed", false), "another");
  assertEquals(await answererOf("forbidden", false), "another");
  assertEquals(await answererOf("service-unavailable", false), "nobody");
  assertEquals(await answererOf("internal-server-error", false), "nobody");
  assertEquals(await answererOf("remote-server-timeout", false), "unknown");
});

Deno.test("DelegationProbe.note() takes no other request for a probe", async () => {
  const pending: PendingRequests = new PendingRequests((iq) => {
    probe.note(readXml(`<iq to="alice@a.test"/>`));
    probe.note(readXml(`<iq/>`));
    pending.settle(reply(iq, "service-unavailable"));
    return Promise.resolve();
  });
  const probe = new DelegationProbe(pending);
  assertEquals(await probe.ask("a.test", 1), "nobody");
});
