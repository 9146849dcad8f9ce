/**
 * Upkeep: sweeps, what commands ask for, metrics, the chronicle, the report in the log.
 *
 * @module
 */
import { storeProbed, streamEnded, streamOpened } from "../../../runtime/plugin.ts";
import type { Archiving } from "../archiving.ts";
import type { Companions } from "../companion/companions.ts";
import type { MamContext } from "../options.ts";
import type { RoomBook } from "../rooms/book.ts";
import { sweepRooms } from "../rooms/retention.ts";
import type { Copies } from "../standard/copies.ts";
import { Chronicler } from "./chronicler.ts";
import { noting } from "./controls.ts";
import { measureArchive } from "./measures.ts";
import { serveCommands } from "./serve_commands.ts";
import { createPace } from "./sweep_time.ts";
import { Sweeps } from "./sweeps.ts";

/** Seconds between two reports of what became of the copies. */
const REPORT_INTERVAL = 3600;

/** Seconds between two entries in the chronicle: after a crash, so much of the connection before it is not known of. */
const CHRONICLE_INTERVAL = 60;

export interface UpkeepOptions {
  readonly archiving: Archiving;
  readonly companions: Companions;
  readonly copies: Copies;
  readonly rooms: RoomBook;
}

export interface Upkeep {
  /** Reports, and notes the end in the chronicle. */
  close(): Promise<void>;
}

export function startUpkeep(context: MamContext, { archiving, companions, copies, rooms }: UpkeepOptions): Upkeep {
  const { options, log, signal } = context;
  const { store, tally } = archiving;
  const chronicler = new Chronicler({ store, tally, now: Date.now, log });

  function report(): void {
    if (!tally.isEmpty) {
      log.info("archived", "Messages since the start: stored, and left out by reason", tally.counts());
    }
  }

  context.on(streamOpened, () => chronicler.opened());
  context.on(streamEnded, () => chronicler.ended());
  context.on(storeProbed, () => chronicler.note());
  context.control(noting, () => chronicler.note());
  context.addTimer("chronicle", () => CHRONICLE_INTERVAL, async () => void await chronicler.note());
  context.addTimer("report", () => REPORT_INTERVAL, report);

  const sweeps = new Sweeps({
    store,
    log,
    now: Date.now,
    ended: measureArchive(context.meter, { archiving, companions, copies }),
  });
  const pace = createPace();
  context.addTimer("sweep", () => options.archive_cleanup_interval, async () => {
    await sweeps.run({ retention: options, allowance: pace(), signal });
    const age = options.room_archive_expires_after;
    const entries = await sweepRooms({ store, book: rooms, domains: context.rooms, age, signal });
    if (entries > 0) log.info("rooms-swept", "Expired messages of rooms were removed", { entries });
  });
  serveCommands(context, { archiving, companions, sweeps });
  return {
    async close(): Promise<void> {
      report();
      await chronicler.close();
    },
  };
}
