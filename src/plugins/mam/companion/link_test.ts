import { assertEquals } from "@std/assert";
import { memoryLog } from "../../../log/log.ts";
import { readAccountMarker } from "../../../wire/companion_rooms_handover.ts";
import { marker } from "../../../wire/companion_page.ts";
import { xml } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { CompanionLink } from "./link.ts";

function scene(): { link: CompanionLink; logged: () => string[] } {
  const log = memoryLog();
  const link = new CompanionLink("a.test", {
    component: Jid.parse("archive.a.test"),
    log,
    send: () => Promise.resolve(),
    sendIq: () => Promise.reject(new Error("Cannot ask: there is no stream")),
  }, readAccountMarker);
  return { link, logged: () => log.events.map(({ event }) => event) };
}

Deno.test("CompanionLink.noteDuplicate() warns once a greeting", () => {
  const { link, logged } = scene();
  link.open();
  assertEquals([link.noteDuplicate(), link.noteDuplicate(), logged()], [true, true, ["copies-superfluous"]]);
  link.open();
  link.noteDuplicate();
  assertEquals(logged(), ["copies-superfluous", "copies-superfluous"]);
});

Deno.test("CompanionLink.deliver() takes the requests that a module has marked, and leaves others to other links", () => {
  const { link } = scene();
  const delegation = xml("delegation", { xmlns: "urn:xmpp:delegation:2" });
  assertEquals(link.deliver(delegation, "1"), undefined);
  delegation.cnode(marker.write({ behind: true }));
  assertEquals(link.deliver(delegation, "1")?.behind, true);
});
