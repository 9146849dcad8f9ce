/**
 * Preferences for the messages that a user wants archived (XEP-0441).
 *
 * @module
 */
import type { Context } from "../../runtime/plugin.ts";
import { BoundedMap } from "../../lib/bounded_map.ts";
import type { ArchiveStore, Preferences } from "../../store/archive.ts";
import { type ArchivingPreferences, getPreferences, setPreferences } from "../../wire/xep0441.ts";
import { Jid } from "../../xmpp/jid.ts";
import { requireOwner } from "./access.ts";
import type { MamOptions } from "./options.ts";

/** Accounts whose preferences are kept at hand. */
const SIZE = 10_000;

/** Policy for users who said nothing: the option `default_archive_policy`. */
export type DefaultPolicy = boolean | "roster";

/** XEP-0441 §"Default behaviour" in the words of the option. */
const POLICY_BY_DEFAULT = { always: true, never: false, roster: "roster" } as const;

/** Returns the user's own rule for a JID; XEP-0441 §"JID matching": a full JID is more exact than a bare one. */
export function ruleFor(preferences: Preferences | undefined, peer: Jid): DefaultPolicy | undefined {
  if (preferences === undefined) return undefined;
  for (const jid of new Set([peer.toString(), peer.bare])) {
    if (preferences.always.includes(jid)) return true;
    if (preferences.never.includes(jid)) return false;
  }
  return POLICY_BY_DEFAULT[preferences.default];
}

/** Milliseconds that preferences are gone by where another process may have changed them. */
const LIFE = 10_000;

interface Known {
  readonly preferences: Preferences | undefined;
  /** When they are looked up again, by the clock that the book was given. */
  readonly until: number;
}

/** Preferences, read through a bounded cache: they are consulted at every message. */
export class PreferenceBook {
  readonly #store: ArchiveStore;
  readonly #now: () => number;
  readonly #life: number;
  readonly #known = new BoundedMap<string, Known>(SIZE);
  /** Reads under way, so that many messages of an account do not ask for the same. */
  readonly #reading = new Map<string, Promise<Preferences | undefined>>();

  /** `now` is in milliseconds, of a clock that nobody sets. */
  constructor(store: ArchiveStore, now: () => number = () => performance.now()) {
    this.#store = store;
    this.#now = now;
    this.#life = store.shared ? LIFE : Infinity;
  }

  /** At once when they are at hand, so that the common case waits for nothing; they are read again when half of their life is over. */
  of(account: string): Preferences | undefined | Promise<Preferences | undefined> {
    const known = this.#known.get(account);
    const now = this.#now();
    if (known === undefined || now >= known.until) return this.#ask(account);
    // Where that fails, nothing is lost: it is done again, and waited for when their life is over.
    if (now >= known.until - this.#life / 2) this.#ask(account).catch(() => {});
    return known.preferences;
  }

  async set(account: string, preferences: Preferences): Promise<void> {
    await this.#store.setPreferences(account, preferences);
    this.#learn(account, preferences);
  }

  /** Knows that an account, which is gone, has none; also where they are being read at the moment. */
  forget(account: string): void {
    this.#learn(account, undefined);
  }

  /** Reads what somebody has changed in the store itself. */
  async reread(account: string): Promise<Preferences | undefined> {
    this.#known.delete(account);
    return await this.#read(account);
  }

  /** The accounts whose preferences are at hand. */
  get known(): readonly string[] {
    return this.#known.keys();
  }

  #ask(account: string): Promise<Preferences | undefined> {
    const reading = this.#reading.get(account) ?? this.#read(account).finally(() => this.#reading.delete(account));
    this.#reading.set(account, reading);
    return reading;
  }

  /** Reads preferences. A change that was learnt meanwhile is the newer one. */
  async #read(account: string): Promise<Preferences | undefined> {
    const before = this.#known.get(account);
    const preferences = await this.#store.preferences(account);
    const known = this.#known.get(account);
    return known === undefined || known === before ? this.#learn(account, preferences) : known.preferences;
  }

  #learn(account: string, preferences: Preferences | undefined): Preferences | undefined {
    this.#known.set(account, { preferences, until: this.#now() + this.#life });
    return preferences;
  }
}

export interface PreferenceOptions {
  readonly book: PreferenceBook;
  readonly options: Pick<MamOptions, "default_archive_policy">;
  /** Modules, which are told of a change before the user is. */
  readonly companions: {
    tellPreferences(account: Jid, preferences: ArchivingPreferences): Promise<void>;
  };
}

/** Answers a user who looks at or changes preferences. */
export function servePreferences(context: Context, { book, options, companions }: PreferenceOptions): void {
  context.hook(getPreferences, async (_, request) => {
    requireOwner(request);
    const preferences = await book.of(request.to.bare);
    return preferences === undefined ? unset(options.default_archive_policy) : fromStore(preferences);
  });
  context.hook(setPreferences, async (wanted, request) => {
    requireOwner(request);
    await book.set(request.to.bare, toStore(wanted));
    await companions.tellPreferences(request.to, wanted);
    return wanted;
  });
}

function unset(policy: DefaultPolicy): ArchivingPreferences {
  return { default: policy === "roster" ? "roster" : policy ? "always" : "never", always: [], never: [] };
}

function toStore(preferences: ArchivingPreferences): Preferences {
  const write = (jids: readonly Jid[]) => jids.map((jid) => jid.toString());
  return { ...preferences, always: write(preferences.always), never: write(preferences.never) };
}

/** As they are told. */
export function fromStore(preferences: Preferences): ArchivingPreferences {
  const parse = (jids: readonly string[]) => jids.map((jid) => Jid.parse(jid));
  return { ...preferences, always: parse(preferences.always), never: parse(preferences.never) };
}
