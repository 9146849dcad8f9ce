/** Characters that may wait for a decision, and that may wait for the store. */
export const MAX_WAITING = 64 * 1024 * 1024;

/** Memory of a message beside its stanza, in characters: short ones are many. */
const OVERHEAD = 1000;

/** Memory of a message that waits, in characters. */
export function weightOf({ stanza }: { readonly stanza: string }): number {
  return stanza.length + OVERHEAD;
}
