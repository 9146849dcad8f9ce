/** How much may wait for a decision, and how much for the store, in characters. */
export const MAX_WAITING = 64 * 1024 * 1024;

/** What a message takes in memory beside its stanza, as characters: short ones are many. */
const OVERHEAD = 1000;

/** What a message that waits takes in memory, in characters. */
export function weightOf({ stanza }: { readonly stanza: string }): number {
  return stanza.length + OVERHEAD;
}
