/**
 * Accounts of a host, as its module speaks of them (scripts/prosody/PROTOCOL.md).
 *
 * @module
 */
import { type Settings, settings, VERSION, type Welcome } from "../../../wire/companion.ts";
import { type Deleted, deleted } from "../../../wire/companion_handover.ts";
import { readAccountMarker } from "../../../wire/companion_rooms_handover.ts";
import type { Element } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Archiving } from "../archiving.ts";
import { CONVERSATION } from "../conversation.ts";
import { REFUSALS } from "../errors.ts";
import type { Incoming } from "../intake.ts";
import { accountFeatures, type MamContext, retractionSettings } from "../options.ts";
import { type EntryRead, readEntry, readPassed } from "./entries.ts";
import { CompanionLink } from "./link.ts";
import type { Residents } from "./residents.ts";

/** Names in one list of archives. */
const LISTED = 500;

export class Accounts implements Residents {
  readonly host: string;
  readonly areRooms = false;
  readonly link: CompanionLink;
  readonly #archiving: Archiving;

  constructor(host: string, context: MamContext, archiving: Archiving) {
    this.host = host;
    this.link = new CompanionLink(host, context, readAccountMarker);
    this.#archiving = archiving;
  }

  settings(): Settings {
    const { options, stripped } = this.#archiving;
    return {
      policy: options.default_archive_policy,
      strip: [...stripped],
      conversation: CONVERSATION,
      ...retractionSettings(options),
    };
  }

  welcome(newest: number): Welcome {
    return { version: VERSION, newest, features: accountFeatures(this.#archiving.options), settings: this.settings() };
  }

  settingsElement(): Element {
    return settings.write(this.settings());
  }

  readEntry(element: Element): EntryRead {
    return readEntry(element, this.host, this.#archiving);
  }

  readPassed(element: Element): Incoming {
    return readPassed(element, this.host);
  }

  readDeleted(payload: Element): Deleted {
    return deleted.read(payload);
  }

  /** Preferences go with the archive. */
  forget(): Promise<void> {
    return Promise.resolve();
  }

  async list(after: string | undefined): Promise<readonly string[]> {
    const from = after === undefined ? "" : Jid.tryOf(after, this.host)?.bare;
    if (from === undefined) throw REFUSALS.notUser();
    const owners = await this.#archiving.store.owners(this.host, from, LISTED);
    return owners.map((owner) => Jid.parse(owner).local);
  }
}
