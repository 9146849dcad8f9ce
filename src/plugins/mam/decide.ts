/**
 * Decides if an account keeps messages to and from somebody: its own rules first, then the operator's default.
 *
 * @module
 */
import type { Log } from "../../log/log.ts";
import type { Roster } from "../../runtime/roster.ts";
import { StanzaError } from "../../xmpp/error.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Preferences } from "../../store/archive.ts";
import type { Decide } from "./intake.ts";
import type { MamOptions } from "./options.ts";
import type { Owner, Waited } from "./owners.ts";
import { type PreferenceBook, ruleFor } from "./preferences.ts";
import type { Accounts } from "./standard/accounts.ts";
import type { Tally } from "./tally.ts";

/** Knowledge by which it is decided. */
export interface Known {
  readonly book: Pick<PreferenceBook, "of">;
  readonly options: Pick<MamOptions, "default_archive_policy">;
  readonly accounts: Pick<Accounts, "exists">;
  readonly roster: (account: Jid) => Promise<Roster>;
  readonly tally: Tally;
  readonly log: Log;
  /** Tells if an archive has a message, that is delivered late, from when it was sent. */
  wasKept(owner: Owner, waited: Waited): Promise<boolean>;
}

/** Makes the decision a function: at once where everything is at hand, later where the roster must be asked. */
export function decider(known: Known): Decide {
  const { book, options, accounts, tally } = known;
  const inRoster = rosterLookup(known);

  function byPolicy(owner: Owner, preferences: Preferences | undefined): boolean | Promise<boolean> {
    const policy = ruleFor(preferences, owner.peer) ?? options.default_archive_policy;
    if (policy === "roster") return owner.stamp ? byWord(owner) : inRoster(owner);
    if (!policy) tally.add("preference");
    return policy;
  }

  /** The module has the roster at hand, and says what is in it. */
  function byWord({ account, peer, stamp }: Owner): boolean {
    const known = stamp?.inRoster === true || peer.bare === account.bare;
    if (!known) tally.add("not in roster");
    return known;
  }

  /** Keeps what goes to accounts that exist: one with preferences does, and so does the sender of a message. */
  function byExistence(owner: Owner, preferences: Preferences | undefined): boolean | Promise<boolean> {
    if (preferences !== undefined || owner.stamp !== undefined || owner.direction === "outgoing") {
      return byPolicy(owner, preferences);
    }
    const decide = (exists: boolean): boolean | Promise<boolean> => {
      if (exists) return byPolicy(owner, preferences);
      tally.add("unknown account");
      return false;
    };
    const exists = accounts.exists(owner.account);
    return typeof exists === "boolean" ? decide(exists) : exists.then(decide);
  }

  async function unlessKept(owner: Owner, waited: Waited): Promise<boolean> {
    const preferences = book.of(owner.account.bare);
    if (!await known.wasKept(owner, waited)) return byExistence(owner, await preferences);
    tally.add("further copy");
    return false;
  }

  return (owner) => {
    if (owner.waited !== undefined) return unlessKept(owner, owner.waited);
    // What a module stamps without a condition, it has decided about.
    if (owner.stamp !== undefined && owner.stamp.inRoster === undefined) return true;
    const preferences = book.of(owner.account.bare);
    if (preferences instanceof Promise) return preferences.then((read) => byExistence(owner, read));
    return byExistence(owner, preferences);
  };
}

/** XEP-0441 §"JID matching": the bare JID against the roster. One's own JID counts as known: notes to self are kept. */
function rosterLookup({ roster, tally, log }: Known): (owner: Owner) => true | Promise<boolean> {
  /** Hosts of which it was said that they do not show rosters; it is said again when they have shown one meanwhile. */
  const told = new Set<string>();
  return ({ account, peer }) => {
    if (peer.bare === account.bare) return true;
    return roster(account).then((contacts) => {
      told.delete(account.domain);
      if (!contacts.has(peer.bare)) tally.add("not in roster");
      return contacts.has(peer.bare);
    }, (error) => {
      if (!(error instanceof StanzaError)) throw error;
      tally.add("roster unknown");
      if (!told.has(account.domain)) {
        told.add(account.domain);
        const hint = error.condition === "forbidden"
          ? `grant the component the privilege roster = "get" (XEP-0356)`
          : undefined;
        log.error(
          "roster-refused",
          `Nothing is archived by the policy "roster" for accounts whose roster is not shown`,
          {
            host: account.domain,
            error,
            ...hint && { hint },
          },
        );
      }
      return false;
    });
  };
}
