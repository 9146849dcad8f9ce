/**
 * Message archives (XEP-0313), archiving preferences (XEP-0441) and retention, with the options of Prosody's mod_mam.
 *
 * `Archiving` takes messages. Four wings use it: copies and what they show come by the standard path, modules inside
 * servers hand over by the companion protocol, rooms are what only modules on rooms say, and upkeep is sweeps, commands,
 * metrics and the chronicle.
 *
 * @module
 */
import { definePlugin, messagesLost } from "../../runtime/plugin.ts";
import { Archiving } from "./archiving.ts";
import { archiveShouldStore } from "./events.ts";
import { Accounts } from "./companion/accounts.ts";
import { startCompanion } from "./companion/wing.ts";
import { accountFeatures, OPTIONS } from "./options.ts";
import { RoomBook } from "./rooms/book.ts";
import { Rooms } from "./rooms/residents.ts";
import { startRooms } from "./rooms/wing.ts";
import { serveArchives } from "./serve_archives.ts";
import { startStandard } from "./standard/wing.ts";
import { startUpkeep } from "./upkeep/wing.ts";

/** Seconds between two looks for messages that are to be retracted and that another process may have stored. */
const RETRACTION_INTERVAL = 60;

export default definePlugin({
  name: "mam",
  summary: "Archives messages and lets users page through them (XEP-0313)",
  events: { archiveShouldStore },
  options: OPTIONS,

  async start(context): Promise<void> {
    for (const feature of accountFeatures(context.options)) context.addFeature(feature, "account");
    const archiving = new Archiving(context, await context.openStore("archive2"));
    context.addTimer("retractions", () => RETRACTION_INTERVAL, () => archiving.retractions.resume());
    const rooms = new RoomBook(archiving.store);
    const companions = startCompanion(context, archiving, [
      ...[...context.hosts].map((host) => new Accounts(host, context, archiving)),
      ...[...context.rooms].map((host) => new Rooms(host, context, { archiving, book: rooms })),
    ]);
    startRooms(context, { archiving, companions, book: rooms });
    const standard = startStandard(context, archiving);
    const upkeep = startUpkeep(context, { archiving, companions, copies: standard.copies, rooms });
    context.defer(async () => {
      await archiving.close();
      context.fire(messagesLost, archiving.tally.of("lost"));
      await companions.close();
      await upkeep.close();
    });
    serveArchives(context, { archiving, companions, silence: standard.silence });
  },
});
