/**
 * Messages that were not archived and that errors may answer.
 *
 * @module
 */
import { BoundedMap } from "../../lib/bounded_map.ts";

/** Messages that are remembered. */
const SIZE = 10_000;

/** Ids of messages that accounts have sent and that are in no archive of theirs, so that neither are their bounces. */
export class LeftOut {
  readonly #ids = new BoundedMap<string, true>(SIZE);

  /** `account` is a bare JID. */
  add(account: string, id: string | undefined): void {
    if (id !== undefined) this.#ids.set(keyOf(account, id), true);
  }

  has(account: string, id: string | undefined): boolean {
    return id !== undefined && this.#ids.has(keyOf(account, id));
  }
}

/** No JID holds a line feed. */
function keyOf(account: string, id: string): string {
  return `${account}\n${id}`;
}
