/** Messages of servers about messages: bounces, and private messages of rooms, in real archives. */
import { assertEquals } from "@std/assert";
import type { ServerOptions } from "../support/servers/site.ts";
import { onCompanion, type Scene, settledArchive } from "./companion_stage.ts";
import { stanzaIds } from "./module_stage.ts";
import { onEachServer } from "./stage.ts";

type Stage = Pick<Scene, "enter" | "server">;

/** The bounce of a message that nobody keeps is kept nowhere; clients would show it as a failure of something unknown. */
async function bounces({ enter, server }: Stage): Promise<void> {
  const alice = await enter("alice");
  const state = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
  const parts: [id: string, children: string][] = [
    ["hinted", `${state}<no-store xmlns='urn:xmpp:hints'/>`],
    ["bare", state],
    ["said", "<body>Is anybody there?</body>"],
  ];
  for (const [id, children] of parts) {
    await alice.send(`<message id='${id}' type='chat' to='nobody@example.test'>${children}</message>`);
    await alice.receive((stanza) => stanza.is("message") && stanza.attrs.type === "error" && stanza.attrs.id === id);
  }
  const held = (await settledArchive(alice)).map(({ message }) => `${message.attrs.type} ${message.attrs.id}`);
  // Prosody hands its own bounces to the session, past all that archives.
  assertEquals(held, server.name === "Prosody" ? ["chat said"] : ["chat said", "error said"]);
}

const ROOM = "orchard@rooms.example.test";

/** XEP-0045 §7.5: the room sends a private message to each session of its recipient; the archive has it once. */
async function privateMessages({ enter }: Stage): Promise<Record<string, string | undefined>[]> {
  const bob = await enter("bob");
  const sessions = [await enter("alice"), await enter("alice")];
  for (const [client, nick] of [[bob, "Romeo"], ...sessions.map((session) => [session, "Juliet"] as const)] as const) {
    await client.send(`<presence to='${ROOM}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await client.receive((stanza) => stanza.is("message") && stanza.attrs.from === ROOM, "the subject");
  }
  await bob.send(`<message id='1' type='chat' to='${ROOM}/Juliet'><body>under the rose</body></message>`);
  const live = await Promise.all(sessions.map((session) => session.message("under the rose")));
  await bob.send(`<message id='2' type='chat' to='${ROOM}/Juliet'><body>and again</body></message>`);
  for (const session of sessions) await session.message("and again");
  const held = (await settledArchive(sessions[0] ?? bob)).map(({ body }) => body);
  assertEquals(held.filter((body) => body !== null), ["under the rose", "and again"]);
  return live.map(stanzaIds);
}

const WITH_ROOMS = {
  lua: `Component "rooms.example.test" "muc"\n  muc_room_locking = false\n  muc_room_default_public_jids = true\n`,
  modules: { mod_muc: { host: "rooms.example.test" } },
};

onEachServer("a bounce is archived where its message is", (stage) => bounces(played(stage)));
onCompanion("a bounce is archived where its message is", bounces);
onEachServer(
  "a private message of a room is archived once",
  async (stage) => void await privateMessages(played(stage)),
  { server: WITH_ROOMS as ServerOptions },
);
onCompanion("a private message of a room is archived once, under the id that each session sees", async (scene) => {
  const [first, second] = await privateMessages(scene);
  assertEquals(first?.["alice@example.test"], second?.["alice@example.test"]);
}, { lua: WITH_ROOMS.lua });

function played(stage: Stage): Stage {
  return { server: stage.server, enter: (...who) => stage.enter(...who) };
}
