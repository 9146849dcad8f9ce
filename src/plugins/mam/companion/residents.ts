/**
 * Owners of the archives of one host, as its module speaks of them: accounts, or rooms.
 *
 * @module
 */
import type { Deleted } from "../../../wire/companion_handover.ts";
import type { Settings, Welcome } from "../../../wire/companion.ts";
import type { RoomArchive } from "../../../wire/companion_rooms.ts";
import type { Element } from "../../../xml/element.ts";
import type { Incoming } from "../intake.ts";
import type { EntryRead } from "./entries.ts";
import type { CompanionLink } from "./link.ts";

export interface Residents {
  readonly host: string;
  /** True for rooms, as a greeting says it. */
  readonly areRooms: boolean;
  readonly link: CompanionLink;
  /** Settings of the module. */
  settings(): Settings;
  /** The answer to a greeting. */
  welcome(newest: number): Welcome;
  /** Element that says that the settings have changed. */
  settingsElement(): Element;
  /** Reads an entry of a batch. Throws `StanzaError` when it is malformed. */
  readEntry(element: Element): EntryRead;
  /** Reads the ids of an entry that is malformed. Throws `StanzaError` where it does not say whose they are. */
  readPassed(element: Element): Incoming;
  /** Reads whose archive is to go: the local part. Throws `StanzaError` when it is malformed. */
  readDeleted(payload: Element): Deleted;
  /** Forgets what was set for an archive that is gone. */
  forget(archive: string): Promise<void>;
  /** Lists archives, after one of them or from the first. */
  list(after: string | undefined): Promise<readonly string[] | readonly RoomArchive[]>;
}
