import { assertEquals, assertThrows } from "@std/assert";
import { fakeLink, privilegedLinks } from "../../tests/support/links.ts";
import { xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Delivery } from "./link.ts";
import { Links } from "./links.ts";

const DELEGATION = xml("delegation");

Deno.test("Links.of() prefers the link that was added last, while it is open", () => {
  const links = privilegedLinks(["a.test", "b.test"]);
  const link = { ...fakeLink("a.test"), isOpen: false };
  const remove = links.add(link);
  const first = links.of("a.test");
  link.isOpen = true;
  assertEquals([links.of("a.test"), links.inUse.length], [link, 2]);
  remove();
  assertEquals(links.of("a.test"), first);
});

Deno.test("Links.of() knows a domain of rooms by the link that a plugin adds, and no other domain", () => {
  const links = privilegedLinks(["a.test"]);
  const rooms = { ...fakeLink("rooms.a.test"), isOpen: false };
  const remove = links.add(rooms);
  assertEquals([links.has("rooms.a.test"), links.of("rooms.a.test")], [true, undefined]);
  rooms.isOpen = true;
  assertEquals([links.of("rooms.a.test"), links.of("c.test")], [rooms, undefined]);
  remove();
  assertEquals([links.has("rooms.a.test"), links.has("a.test")], [false, true]);
});

Deno.test("Links.deliver() takes the link over which a request was delegated, open on this connection or not", () => {
  const delivery: Delivery = { push: () => Promise.resolve(), behind: true };
  const links = new Links([{ ...fakeLink("a.test"), deliver: () => delivery }]);
  links.add(fakeLink("a.test"));
  links.add({ ...fakeLink("rooms.a.test"), isOpen: false, deliver: () => delivery });
  for (const host of ["a.test", "rooms.a.test"]) assertEquals(links.deliver(host, DELEGATION, "1"), delivery);
});

Deno.test("Links.deliver() refuses a request that no link to the domain knows", () => {
  const links = new Links([fakeLink("rooms.a.test")]);
  assertThrows(() => links.deliver("rooms.a.test", DELEGATION, "1"), StanzaError);
});
