/**
 * Whether an account keeps messages to and from somebody: its own rules first, then the operator's default.
 *
 * @module
 */
import type { Log } from "../../runtime/log.ts";
import type { Roster } from "../../runtime/roster.ts";
import { StanzaError } from "../../xmpp/error.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Preferences } from "../../store/archive.ts";
import type { Decide } from "./intake.ts";
import type { Owner } from "./owners.ts";
import { type DefaultPolicy, ruleFor } from "./preferences.ts";
import type { Tally } from "./tally.ts";

export interface DeciderOptions {
  readonly preferencesOf: (account: string) => Preferences | undefined | Promise<Preferences | undefined>;
  readonly defaultPolicy: () => DefaultPolicy;
  readonly roster: (account: Jid) => Promise<Roster>;
  readonly tally: Tally;
  readonly log: Log;
}

/** Makes the decision a function: at once where everything is at hand, later where the roster must be asked. */
export function decider(options: DeciderOptions): Decide {
  const { preferencesOf, defaultPolicy, tally } = options;
  const inRoster = rosterLookup(options);

  function byPolicy(owner: Owner, preferences: Preferences | undefined): boolean | Promise<boolean> {
    const policy = ruleFor(preferences, owner.peer) ?? defaultPolicy();
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

  return (owner) => {
    // What a module stamps without a condition, it has decided about.
    if (owner.stamp !== undefined && owner.stamp.inRoster === undefined) return true;
    const preferences = preferencesOf(owner.account.bare);
    if (preferences instanceof Promise) return preferences.then((read) => byPolicy(owner, read));
    return byPolicy(owner, preferences);
  };
}

/** XEP-0441 §"JID matching": the bare JID against the roster. One's own JID counts as known: notes to self are kept. */
function rosterLookup({ roster, tally, log }: DeciderOptions): (owner: Owner) => true | Promise<boolean> {
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
