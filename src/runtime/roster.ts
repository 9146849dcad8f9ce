/**
 * Rosters of local accounts, seen through the `roster` privilege (XEP-0356) and remembered for a short while.
 *
 * @module
 */
import type { RosterItem } from "../wire/rfc6121.ts";
import type { Jid } from "../xmpp/jid.ts";
import { BoundedMap } from "../lib/bounded_map.ts";

/** The bare JIDs in a roster. */
export type Roster = ReadonlySet<string>;

/** Milliseconds. Servers push no roster changes to privileged entities, so what is remembered must have a short life. */
const LIFE = 60_000;
/** A refusal is remembered too, so that a server which does not answer is not asked once a message. */
const LIFE_OF_REFUSAL = 10_000;
/** Rosters remembered at once. */
const SIZE = 1000;

interface Remembered {
  readonly roster: Promise<Roster>;
  until: number;
}

/** Asks for each account's roster once, however many messages wait for it. */
export class Rosters {
  readonly #ask: (account: Jid) => Promise<readonly RosterItem[]>;
  readonly #now: () => number;
  readonly #remembered = new BoundedMap<string, Remembered>(SIZE);

  constructor(ask: (account: Jid) => Promise<readonly RosterItem[]>, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** The roster of an account; rejects as `ask` does. */
  of(account: Jid): Promise<Roster> {
    const known = this.#remembered.get(account.bare);
    if (known !== undefined && known.until > this.#now()) return known.roster;
    const roster = this.#ask(account).then((items) => new Set(items.map((item) => item.jid.bare)));
    const remembered: Remembered = { roster, until: Infinity };
    roster.then(
      () => remembered.until = this.#now() + LIFE,
      () => remembered.until = this.#now() + LIFE_OF_REFUSAL,
    );
    this.#remembered.set(account.bare, remembered);
    return roster;
  }

  /** Forgets everything: another stream may come with other rights. */
  clear(): void {
    this.#remembered.clear();
  }
}
