import { assertEquals } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { readPresence } from "./presence.ts";

for (
  const [name, text, presence] of [
    ["a session that comes online", "<presence/>", { available: true, priority: 0 }],
    ["its priority (§4.7.2.3)", "<presence><priority>-5</priority></presence>", { available: true, priority: -5 }],
    ["a priority that is none", "<presence><priority>high</priority></presence>", { available: true, priority: 0 }],
    ["a session that goes offline (§4.5)", "<presence type='unavailable'/>", { available: false, priority: 0 }],
    ["no session in a subscription (§4.7.1)", "<presence type='subscribe'/>", undefined],
    ["no session in a probe (§4.7.1)", "<presence type='probe'/>", undefined],
    ["no session in an error (§4.7.1)", "<presence type='error'/>", undefined],
  ] as const
) {
  Deno.test(`readPresence() sees ${name}`, () => {
    assertEquals(readPresence(readXml(text)), presence);
  });
}
