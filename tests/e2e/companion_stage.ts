/**
 * The stage where Prosody's archives are connected in one way and in the other: with Annals' module, and on the standard
 * path.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { TomlTable } from "smol-toml";
import { Annals } from "../support/annals.ts";
import { type Archived, archivePage, NS_MAM, wholeArchive } from "../support/archive.ts";
import { Client, type LoginOptions } from "../support/client.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import type { Element } from "../../src/xml/element.ts";
import { AVAILABLE } from "./stage.ts";

/** Servers and people of one test. */
export interface Scene {
  readonly server: Server;
  readonly annals: Annals;
  /** Logs in; the session ends with the test. */
  enter(user: string, options?: LoginOptions): Promise<Client>;
}

export interface Setting {
  /** Lua, for the global section of the server's configuration. */
  readonly lua?: string;
  /** Modules of the server beside those that it needs to have accounts and archives. */
  readonly modules?: readonly string[];
  /** Configuration of Annals beside what it needs. */
  readonly config?: TomlTable;
  /** Virtual hosts; default one. */
  readonly hosts?: readonly string[];
  /** Address of the component; default `archive.example.test`. */
  readonly component?: string;
}

/** Declares a test with the module. */
export function onCompanion(
  name: string,
  play: (scene: Scene) => Promise<void>,
  setting: Setting & { readonly companion?: readonly string[] } = {},
): void {
  Deno.test({
    name: `Prosody with Annals' module: ${name}`,
    ignore: !AVAILABLE.has("Prosody"),
    fn: () => perform(play, { companion: true, ...setting }),
  });
}

/** Declares a test of what is otherwise with the module: what the scene ends in, first without it and then with it. */
export function onBothPaths<T>(
  name: string,
  play: (scene: Scene) => Promise<T>,
  { standard, companion, ...setting }: { readonly standard: T; readonly companion: T } & Setting,
): void {
  for (
    const [path, expected] of [["Prosody on the standard path", standard], ["Prosody with Annals' module", companion]]
  ) {
    Deno.test({
      name: `${path}: ${name}`,
      ignore: !AVAILABLE.has("Prosody"),
      async fn(): Promise<void> {
        const found = await perform(play, { ...setting, companion: expected === companion });
        assertEquals(found, expected);
      },
    });
  }
}

async function perform<T>(
  play: (scene: Scene) => Promise<T>,
  { lua = "", modules, companion, config, hosts = ["example.test"], component }: Setting & {
    readonly companion: boolean | readonly string[];
  },
): Promise<T> {
  const needed = [
    "roster",
    "saslauth",
    "disco",
    "ping",
    ...companion ? ["annals"] : ["delegation", "privilege", "firewall"],
  ];
  const enabled = modules === undefined ? "" : `modules_enabled = { ${list([...needed, ...modules])} }\n`;
  await using server = await startProsody({
    hosts,
    companion,
    ...component !== undefined && { component },
    lua: `log = { info = "*console" }\n${enabled}${lua}`,
  });
  await using annals = await Annals.launch(server.site, { companion, ...config && { config } });
  // Before that, requests are answered with an error.
  if (companion) await server.line((line) => line.includes("Annals keeps the archives"));
  await using clients = new AsyncDisposableStack();
  const result = await play({
    server,
    annals,
    enter: async (user, options) => clients.use(await Client.login(server, user, options)),
  });
  assertEquals(annals.errors, []);
  assertEquals(server.lines.filter((line) => /traceback/i.test(line)), []);
  return result;
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join("; ");
}

/** A message of type `chat`. */
export function chat(to: string, body: string): string {
  return `<message to='${to}' type='chat'><body>${body}</body></message>`;
}

/** The archive id that a message carries of an account's archive (XEP-0359). */
export function idOf(message: Element, account: string): string | undefined {
  return message.getChildren("stanza-id", "urn:xmpp:sid:0").find(({ attrs }) => attrs.by === account)?.attrs.id;
}

/** Somebody's whole archive, once Annals holds all that the server had for it (XEP-0313 §"Requesting pages"). */
export async function settledArchive(client: Client): Promise<Archived[]> {
  for (;;) {
    const { iq, error } = await archivePage(client, { page: { max: 1 } });
    // The module has not been answered yet.
    if (error === "recipient-unavailable") continue;
    if (error !== undefined) throw new Error(`Cannot read the archive of ${client.jid}: ${error}`);
    if (iq.getChild("fin", NS_MAM)?.attrs.stable !== "false") {
      return await wholeArchive(client, { page: { max: 5_000 } });
    }
  }
}
