/**
 * Accounts that a server has shown to exist. Servers that copy messages copy those to invented names, too; an archive that
 * began for such a name would be read by whoever registers it.
 *
 * @module
 */
import { BoundedMap } from "../../../lib/bounded_map.ts";
import type { Roster } from "../../../runtime/roster.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import { StanzaError } from "../../../xmpp/error.ts";
import type { Jid } from "../../../xmpp/jid.ts";

/** Resources of the component to which rules that look accounts up address their copies: what they say of the recipient. */
export const RECIPIENT = { known: "account", unknown: "no-account" };

/** Accounts that are remembered. */
const KNOWN = 100_000;
/** Names that are remembered as unknown, and for how many milliseconds. */
const UNKNOWN = 10_000;
const UNKNOWN_LIFE = 10_000;
/** Rosters that are asked for at once, and names that wait for that; a flood of names must not become one of requests. */
const ASKED = 20;
const WAITING = 1_000;

export interface AccountsOptions {
  readonly store: Pick<ArchiveStore, "extent">;
  readonly roster: (account: Jid) => Promise<Roster>;
  /** In milliseconds, of a clock that nobody sets. */
  readonly now: () => number;
}

/**
 * Account names, and whether the server has shown that they exist: the account has sent or asked something, has a session, has
 * an archive, or has contacts. Servers answer with an empty roster (XEP-0356) for names that nobody has registered, so that
 * one shows nothing.
 */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #known = new BoundedMap<string, true>(KNOWN);
  /** Until when each is not asked about again. */
  readonly #unknown = new BoundedMap<string, number>(UNKNOWN);
  readonly #asking = new Map<string, Promise<boolean>>();
  readonly #free: (() => void)[] = [];
  #asked = 0;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** Notes a sign of life. `account` is a bare JID. */
  saw(account: string): void {
    if (!this.#known.has(account)) this.#known.set(account, true);
  }

  /** Tells if an account was shown to exist: at once where that is known, else after the store and the server were asked. */
  exists(account: Jid): boolean | Promise<boolean> {
    const { bare } = account;
    if (this.#known.has(bare)) return true;
    if ((this.#unknown.get(bare) ?? -Infinity) > this.#options.now()) return false;
    const asking = this.#asking.get(bare) ?? this.#ask(account).finally(() => this.#asking.delete(bare));
    this.#asking.set(bare, asking);
    return asking;
  }

  async #ask(account: Jid): Promise<boolean> {
    const { bare } = account;
    // A sign of life that comes meanwhile may be that of somebody who has just registered the name.
    const exists = await this.#hasArchive(bare) || await this.#hasContacts(account);
    if (exists) this.saw(bare);
    else this.#unknown.set(bare, this.#options.now() + UNKNOWN_LIFE);
    return exists;
  }

  /** True where the account has an archive already, as after an import. */
  async #hasArchive(account: string): Promise<boolean> {
    return await this.#options.store.extent(account) !== undefined;
  }

  async #hasContacts(account: Jid): Promise<boolean> {
    if (this.#asked >= ASKED) {
      if (this.#free.length >= WAITING) return false;
      await new Promise<void>((resolve) => this.#free.push(resolve));
    }
    this.#asked++;
    try {
      return (await this.#options.roster(account)).size > 0;
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return false;
    } finally {
      this.#asked--;
      this.#free.shift()?.();
    }
  }
}
