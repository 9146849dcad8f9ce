/**
 * Care for a connection that is one of several of the same component, among which the server divides its stanzas.
 * ejabberd tells one of them what it grants, and takes it from all of them when any of them ends (mod_privilege and
 * mod_delegation know components, not connections); at each new connection it grants it anew. Who was told and ends at
 * once may so leave others that nobody has told anything, and to which nothing is granted any more.
 *
 * @module
 */
import { pause } from "../lib/pause.ts";
import type { Links } from "./links.ts";
import { placeOf, type Storage } from "./stores.ts";

/** Milliseconds at most after which a connection has been told what is granted, if it was the one to be told. */
const FIRST = 1000;
/** Milliseconds at most between two looks whether it still is. */
const PAUSE = 5000;
/** Looks in a row after which a server that grants nobody anything may have forgotten it, rather than not be told to. */
const FEWEST_LOOKS = 3;
/** As many as an hour has: one that is not told to is not to be asked more often. */
const MOST_LOOKS = 720;

/** True when other processes may keep the same archives, and so be connected as the same component. */
export function mayBeOneOfSeveral(config: Storage): boolean {
  return placeOf(config).backEnd.shared;
}

/**
 * Number of looks in a row that may find nothing granted; outlives connections, and grows by each that is of no use.
 */
export class Patience {
  #looks = FEWEST_LOOKS;

  /** True when patience is over after so many looks. */
  endsAfter(looks: number): boolean {
    if (looks < this.#looks) return false;
    this.#looks = Math.min(2 * this.#looks, MOST_LOOKS);
    return true;
  }

  renew(): void {
    this.#looks = FEWEST_LOOKS;
  }
}

export interface SeveralOptions {
  readonly component: { readonly links: Pick<Links, "inUse"> };
  readonly signal: AbortSignal;
  readonly patience: Patience;
  /** Told of each look at which all is granted. */
  readonly held?: () => void;
  /** Milliseconds at most before the first look, and between the others. */
  readonly pauses?: { readonly first: number; readonly pause: number };
}

/** Looks until the signal. Resolves with the reason when it is time to connect anew. */
export async function watchAsOneOfSeveral(
  { component: { links }, signal, patience, held, pauses = { first: FIRST, pause: PAUSE } }: SeveralOptions,
): Promise<string | undefined> {
  let inVain = 0;
  for (let wait = pauses.first;; wait = pauses.pause) {
    // Two that look at the same time would each find what the other is about to mend.
    const chance = 0.5 + Math.random() / 2;
    if (!await pause(wait * chance, signal)) return undefined;
    let [asked, granting, refusals] = [0, 0, 0];
    for (const link of links.inUse) {
      const standing = await link.standing();
      if (typeof standing === "object") return standing.renew;
      if (standing === "needless") continue;
      asked++;
      if (standing === "granted") granting++;
      if (standing === "refused") refusals++;
    }
    if (granting === asked) held?.();
    // Where one host grants something, others are known to the server, and grant what they are told to.
    inVain = refusals > 0 && refusals === asked ? inVain + 1 : 0;
    if (inVain === 0) patience.renew();
    if (inVain > 0 && patience.endsAfter(inVain)) return "nobody is granted anything: the server may have forgotten it";
  }
}
