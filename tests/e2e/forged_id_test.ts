/** Stanza-ids that claim to be the recipient's archive's (XEP-0359 §"Security Considerations"), as they reach clients. */
import { assertEquals } from "@std/assert";
import { onCompanion, type Scene } from "./companion_stage.ts";
import { stanzaIds } from "./module_stage.ts";
import { onEachServer } from "./stage.ts";

const ROOM_ID = "<stanza-id xmlns='urn:xmpp:sid:0' by='room@muc.test' id='1'/>";
const FORGED = ["alice@example.test", "ALICE@Example.test"].map((by) => (
  `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='forged'/>`
));

/** Says by whom the ids claim to be that reach Alice: of a forged message, and of one whose ids are none of hers. */
async function claimed({ enter }: Pick<Scene, "enter">): Promise<string[][]> {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  const found: string[][] = [];
  for (const [body, ids] of [["forged", [ROOM_ID, ...FORGED].join("")], ["honest", ROOM_ID]] as const) {
    await bob.send(`<message to='alice@example.test' type='chat'><body>${body}</body>${ids}</message>`);
    const live = await alice.message(body);
    found.push(Object.entries(stanzaIds(live)).filter(([, id]) => id === "forged" || id === "1").map(([by]) => by));
  }
  return found;
}

onEachServer(
  "a forged stanza-id reaches no client on Prosody; on ejabberd there is nothing to strip it",
  async (stage) => {
    const found = await claimed({ enter: (...who) => stage.enter(...who) });
    if (stage.server.name === "Prosody") assertEquals(found, [[], ["room@muc.test"]]);
    else assertEquals(found[1], ["room@muc.test"]);
  },
);

onCompanion("a forged stanza-id reaches no client", async (scene) => {
  assertEquals(await claimed(scene), [["room@muc.test"], ["room@muc.test"]]);
});
