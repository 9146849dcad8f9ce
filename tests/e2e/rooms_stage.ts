/**
 * The stage of the tests of `mod_annals` on rooms: Prosody with a component of rooms, and an Annals that a test scripts.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { CONVERSATION } from "../../src/plugins/mam/conversation.ts";
import { type RoomSettings, roomWelcome } from "../../src/wire/companion_rooms.ts";
import type { Element } from "../../src/xml/element.ts";
import { Client, type LoginOptions } from "../support/client.ts";
import { entriesOf, ScriptedComponent } from "../support/scripted_component.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import { AVAILABLE } from "./stage.ts";

export const ROOMS = "rooms.example.test";
export const TEA = `tea@${ROOMS}`;

const NS = {
  muc: "http://jabber.org/protocol/muc",
  owner: "http://jabber.org/protocol/muc#owner",
  user: "http://jabber.org/protocol/muc#user",
};

/** Options of a test. */
export interface RoomScenery {
  /** Lua, for the section of the rooms. */
  readonly lua?: string;
  /** Seconds that a query waits for the component; default 0. */
  readonly hold?: number;
  /** Least level of what the server logs; default `info`. */
  readonly log?: "debug" | "info";
  /** True where the section of the component names the rooms, in place of their own section. */
  readonly fromComponent?: true;
}

/** An entry of a room as it was handed over. */
export interface Handed {
  readonly at: string;
  readonly room?: string;
  readonly jid?: string;
  readonly affiliation?: string;
  readonly role?: string;
  readonly "occupant-id"?: string;
  readonly judge?: string;
  /** The serialised message. */
  readonly text: string;
}

/** Everything that one test has to itself. */
export class RoomStage implements AsyncDisposable {
  readonly #guests = new AsyncDisposableStack();

  constructor(readonly server: Server) {}

  /** Logs in; the session ends with the test. */
  async enter(user: string, options?: LoginOptions): Promise<Client> {
    return this.#guests.use(await Client.login(this.server, user, options));
  }

  /** Connects as the component; the greeting comes next. */
  async connect(): Promise<ScriptedComponent> {
    return this.#guests.use(await ScriptedComponent.connect({ ...this.server.site, hosts: [ROOMS] }));
  }

  /** Connects as the component and welcomes the module of the rooms. */
  async welcome(settings: Partial<RoomSettings> = {}): Promise<ScriptedComponent> {
    const component = await this.connect();
    await welcomeRooms(component, settings);
    return component;
  }

  /** Counts the lines of the server's log that contain a text. */
  logged(text: string): number {
    return this.server.lines.filter((line) => line.includes(text)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guests.disposeAsync();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Declares a test of the module on rooms, with an Annals that the test scripts. */
export function onRooms(
  name: string,
  play: (stage: RoomStage) => Promise<void>,
  { lua = "", hold = 0, log = "info", fromComponent }: RoomScenery = {},
): void {
  Deno.test({
    name: `mod_annals on rooms, with a scripted Annals: ${name}`,
    ignore: !AVAILABLE.has("Prosody"),
    async fn(): Promise<void> {
      await using stage = new RoomStage(
        await startProsody({
          archive: "none",
          accounts: ["alice", "bob", "carol", "dave", "erin", "frank"],
          lua: `log = { ${log} = "*console" }
Component "archive.example.test"
  component_secret = "s3cret"
${fromComponent ? `  modules_enabled = { "annals" }\n  annals_hosts = { "${ROOMS}" }` : ""}
  annals_hold = ${hold}
Component "${ROOMS}" "muc"
${fromComponent ? "" : `  modules_enabled = { "annals" }\n  annals_component = "archive.example.test"`}
  annals_hold = ${hold}
  muc_room_default_public = true
  muc_room_locking = false
${lua}`,
        }),
      );
      await play(stage);
      assertEquals(stage.server.lines.filter((line) => /traceback/i.test(line)), []);
    },
  });
}

/** A request to a room, as the module passes it on. */
export interface Asked {
  /** The id of the delegation. */
  readonly request: Element;
  /** The IQ of the requester. */
  readonly iq: Element;
  /** The module's mark. */
  readonly mark: Readonly<Record<string, string | undefined>>;
}

/** The next request to a room that the module passes on. */
export async function asked(component: ScriptedComponent): Promise<Asked> {
  const request = await component.hear((stanza) => stanza.getChild("delegation") !== undefined, "a request to a room");
  const delegation = request.getChild("delegation");
  const iq = delegation?.getChild("forwarded")?.getChild("iq");
  if (iq === undefined) throw new Error(`Found no request in ${request}`);
  return { request, iq, mark: delegation?.getChild("companion", "annals:companion")?.attrs ?? {} };
}

/** Answers a request to a room: XEP-0355 §4.3. */
export async function answer(component: ScriptedComponent, { request, iq }: Asked, payload: string): Promise<void> {
  const { id = "", from = "", to = "" } = iq.attrs;
  await component.answer(
    request,
    `<delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
      `<iq xmlns='jabber:client' type='result' id='${id}' from='${to}' to='${from}'>${payload}</iq>` +
      `</forwarded></delegation>`,
  );
}

/** Answers the greeting of a module on rooms, and tells it which rooms have an archive. */
export async function welcomeRooms(
  component: ScriptedComponent,
  settings: Partial<RoomSettings> = {},
  archives: readonly string[] = [],
): Promise<void> {
  const greeting = await component.greeting();
  await component.answer(
    greeting,
    roomWelcome.write({
      version: "1",
      rooms: true,
      newest: 0,
      features: ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended"],
      settings: {
        policy: true,
        strip: ["http://jabber.org/protocol/chatstates"],
        conversation: CONVERSATION,
        tombstones: true,
        ...settings,
      },
    }).toString(),
  );
  const items = archives.map((room) => `<archive room='${room}'/>`).join("");
  await component.answer(await component.asked("archives"), `<archives xmlns='annals:companion'>${items}</archives>`);
}

/** Enters a room, and waits for its subject, which is the last that comes of what was before. */
export async function join(client: Client, nick: string, { room = TEA, more = "" } = {}): Promise<void> {
  await client.send(`<presence to='${room}/${nick}'><x xmlns='${NS.muc}'>${more}</x></presence>`);
  await client.receive(
    (stanza) =>
      stanza.is("message") && stanza.attrs.from?.startsWith(room) === true && stanza.getChild("subject") !== undefined,
    `the subject of ${room}`,
  );
}

/** Sets fields of a room's configuration. */
export async function configure(
  client: Client,
  fields: Readonly<Record<string, string>>,
  room = TEA,
): Promise<void> {
  const filled = Object.entries({ FORM_TYPE: "http://jabber.org/protocol/muc#roomconfig", ...fields })
    .map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`).join("");
  const answer = await client.request(
    "set",
    `<query xmlns='${NS.owner}'><x xmlns='jabber:x:data' type='submit'>${filled}</x></query>`,
    room,
  );
  if (answer.attrs.type !== "result") throw new Error(`The room refuses its configuration: ${answer}`);
}

/** A message to a room. */
export function say(body: string, { id = body, more = "", room = TEA } = {}): string {
  return `<message type='groupchat' to='${room}' id='${id}'><body>${body}</body>${more}</message>`;
}

/** Gives an affiliation, or takes it away. */
export async function affiliate(client: Client, jid: string, affiliation: string, room = TEA): Promise<void> {
  const { attrs: { type } } = await client.request(
    "set",
    `<query xmlns='http://jabber.org/protocol/muc#admin'><item jid='${jid}' affiliation='${affiliation}'/></query>`,
    room,
  );
  if (type !== "result") throw new Error(`The room does not make ${jid} ${affiliation}`);
}

/** The features that a room announces. */
export async function featuresOf(client: Client, room = TEA): Promise<string[]> {
  const info = await client.request("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", room);
  return (info.getChild("query")?.getChildren("feature") ?? []).map(({ attrs }) => attrs.var ?? "");
}

/** Waits for a message of a room by its id. */
export function hears(client: Client, id: string): Promise<Element> {
  return client.receive((stanza) => stanza.is("message") && stanza.attrs.id === id, `the message ${id}`);
}

/** Entries and deletions that a module has handed over. */
export interface Handover {
  readonly entries: readonly Handed[];
  /** Rooms whose archives were deleted before the last entry. */
  readonly deleted: readonly string[];
}

/** Takes and acknowledges what is handed over, until there are so many entries. */
export async function take(component: ScriptedComponent, count: number): Promise<Handover> {
  const [entries, deleted]: [Handed[], string[]] = [[], []];
  while (entries.length < count) {
    const { batch, gone } = await next(component);
    if (batch !== undefined) entries.push(...entriesOf(batch));
    if (gone?.attrs.room !== undefined) deleted.push(gone.attrs.room);
    await component.acknowledge((batch ?? gone)?.attrs.seq ?? "");
  }
  return { entries, deleted };
}

/** The next entries of rooms, acknowledged. */
export async function handed(component: ScriptedComponent, count: number): Promise<readonly Handed[]> {
  return (await take(component, count)).entries;
}

/** The next batch or deletion, not acknowledged. */
export async function next(component: ScriptedComponent): Promise<{ batch?: Element; gone?: Element }> {
  const stanza = await component.hear(
    (stanza) => [stanza.getChild("batch"), stanza.getChild("deleted")].some((child) => child !== undefined),
    "a batch or a deletion",
  );
  const [batch, gone] = [stanza.getChild("batch"), stanza.getChild("deleted")];
  return { ...batch && { batch }, ...gone && { gone } };
}
