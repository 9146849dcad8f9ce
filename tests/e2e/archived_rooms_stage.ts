/**
 * The stage where a real Annals archives the rooms of a real Prosody.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { type Archived, archivePage, type ArchiveQuery } from "../support/archive.ts";
import { Client, type LoginOptions } from "../support/client.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import type { Element } from "../../src/xml/element.ts";
import { ROOMS, TEA } from "./rooms_stage.ts";
import { AVAILABLE } from "./stage.ts";

/** A server with rooms, its Annals, and who logs in. */
export class Scene implements AsyncDisposable {
  readonly #guests = new AsyncDisposableStack();

  constructor(readonly server: Server, readonly annals: Annals) {}

  async enter(user: string, options?: LoginOptions): Promise<Client> {
    return this.#guests.use(await Client.login(this.server, user, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guests.disposeAsync();
    await this.annals[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Declares a test of archived rooms. */
export function onArchivedRooms(
  name: string,
  play: (scene: Scene) => Promise<void>,
  { restarts = false }: { readonly restarts?: boolean } = {},
): void {
  Deno.test({
    name: `Prosody's rooms: ${name}`,
    ignore: !AVAILABLE.has("Prosody"),
    async fn(): Promise<void> {
      const server = await startProsody({
        companion: true,
        accounts: ["alice", "bob", "carol", "dave"],
        lua: `log = { info = "*console" }
Component "${ROOMS}" "muc"
  modules_enabled = { "annals" }
  annals_component = "archive.example.test"
  muc_room_default_public = true
  muc_room_default_persistent = true
  muc_room_locking = false
  muc_tombstones = false
`,
      });
      const annals = await Annals.launch(server.site, { companion: true, config: { rooms: [ROOMS] } });
      await using scene = new Scene(server, annals);
      await annals.event("companion-greeted", { where: { host: ROOMS } });
      await play(scene);
      // Annals says aloud that the server went.
      if (!restarts) assertEquals(annals.errors, []);
      assertEquals(server.lines.filter((line) => /traceback/i.test(line)), []);
    },
  });
}

/** A page of a room once Annals holds all that the server had for it. */
export async function settled(client: Client, query: ArchiveQuery = {}, room = TEA): Promise<readonly Archived[]> {
  for (;;) {
    const { iq, messages, error } = await archivePage(client, { ...query, to: room });
    // The module has not been answered yet, or the archive of an earlier room of the name is on its way out.
    if (error === "recipient-unavailable" || error === "resource-constraint") continue;
    if (error !== undefined) throw new Error(`Cannot read the archive of ${room}: ${error}`);
    if (iq.getChild("fin", "urn:xmpp:mam:2")?.attrs.stable !== "false") return messages;
  }
}

/** Lists what messages say. */
export function bodies(messages: readonly Archived[]): (string | null)[] {
  return messages.map(({ body }) => body);
}

/** The archive id that a message carries of the room (XEP-0359). */
export function idOf(message: Element): string | undefined {
  return message.getChildren("stanza-id", "urn:xmpp:sid:0").find(({ attrs }) => attrs.by === TEA)?.attrs.id;
}
