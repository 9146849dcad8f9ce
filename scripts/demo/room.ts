/**
 * The demo's chat room, and the view of its archive.
 *
 * @module
 */
import { archivePage } from "../../tests/support/archive.ts";
import { Client } from "../../tests/support/client.ts";
import type { Server } from "../../tests/support/servers/server.ts";
import type { Element } from "../../src/xml/element.ts";
import type { Screen } from "./screen.ts";

/** Domain of the rooms. */
export const ROOMS = "rooms.example.test";

/** Section of Prosody's configuration that has the rooms, with the module. */
export const ROOMS_LUA = `Component "${ROOMS}" "muc"
  modules_enabled = { "annals" }
  annals_component = "archive.example.test"
  muc_room_default_public = true
  muc_room_default_persistent = true
  muc_room_locking = false
`;

const ROOM = `friar@${ROOMS}`;

const LINES = [["alice", "Juliet", "Good even to my ghostly confessor."], ["bob", "Romeo", "Ah, Juliet!"]] as const;

/** Alice and Bob talk in a room. Returns the archive ids that the messages carried. */
export async function meet(server: Server, screen: Screen): Promise<string[]> {
  await using alice = await Client.login(server, "alice");
  await using bob = await Client.login(server, "bob");
  const present = { alice, bob };
  const ids: string[] = [];
  for (const [user, nick] of LINES) await join(present[user], nick);
  for (const [user, nick, body] of LINES) {
    await present[user].send(`<message type='groupchat' to='${ROOM}'><body>${body}</body></message>`);
    const id = idOf(await alice.message(body));
    ids.push(id);
    screen.tell(`${nick} (${user}): ${body}  (received as ${id})`);
  }
  return ids;
}

/** Reads the archive of the room as somebody sees it. Returns the archive ids. */
export async function readRoom(server: Server, user: string, screen: Screen): Promise<string[]> {
  await using client = await Client.login(server, user);
  const { messages, error } = await archivePage(client, { to: ROOM });
  if (error !== undefined) throw new Error(`Cannot read the archive of ${ROOM}: ${error}`);
  screen.tell(`The archive of ${ROOM}, as ${user} sees it`);
  screen.table([
    ["who", "real address", "what", "archive id"],
    ...messages.map(({ id, body, message }) => [nickOf(message), addressOf(message), body ?? "", id]),
  ]);
  return messages.map(({ id }) => id);
}

async function join(client: Client, nick: string): Promise<void> {
  await client.send(`<presence to='${ROOM}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
  await client.receive((stanza) => stanza.is("message") && stanza.getChild("subject") !== undefined, "the subject");
}

function idOf(message: Element): string {
  const ids = message.getChildren("stanza-id", "urn:xmpp:sid:0");
  return ids.find(({ attrs }) => attrs.by === ROOM)?.attrs.id ?? "none";
}

function nickOf({ attrs: { from = "" } }: Element): string {
  return from.slice(from.indexOf("/") + 1);
}

function addressOf(message: Element): string {
  const x = message.getChild("x", "http://jabber.org/protocol/muc#user");
  return x?.getChild("item")?.attrs.jid ?? "not shown";
}
