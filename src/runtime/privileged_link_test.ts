import { assertEquals } from "@std/assert";
import { privilegedLinks } from "../../tests/support/links.ts";
import { Grants } from "./grants.ts";
import type { HostLink } from "./link.ts";

function linkWith(grants: Grants, oneOfSeveral = false): HostLink {
  const [link] = privilegedLinks(["a.test"], { grants, oneOfSeveral }).inUse;
  if (link === undefined) throw new Error("Found no link, expected one to each host");
  return link;
}

function missing(link: HostLink): string[] {
  return link.missing().map(({ event }) => event);
}

Deno.test("PrivilegedLink is ready when the host delegates and lets messages be sent", () => {
  const grants = new Grants();
  const link = linkWith(grants);
  assertEquals([link.isReady, missing(link)], [false, ["delegation-missing", "privilege-missing"]]);
  grants.delegate("a.test", ["urn:xmpp:mam:2"]);
  assertEquals([link.isReady, missing(link)], [false, ["privilege-missing"]]);
  grants.privilege("a.test", "urn:xmpp:privilege:2", { message: "outgoing" });
  assertEquals([link.isReady, missing(link)], [true, []]);
});

Deno.test("PrivilegedLink of several misses no delegation of which another connection may have been told", () => {
  const grants = new Grants();
  const link = linkWith(grants, true);
  assertEquals(missing(link), ["delegation-missing", "privilege-missing"]);
  grants.privilege("a.test", "urn:xmpp:privilege:2", { message: "outgoing" });
  assertEquals([missing(link), missing(linkWith(grants))], [[], ["delegation-missing"]]);
});
