/**
 * Messages that were not archived and that errors may answer.
 *
 * @module
 */
import { createHash } from "node:crypto";
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

/** No JID holds a line feed. What is remembered must not grow with what people send, so of a long id it is a digest. */
function keyOf(account: string, id: string): string {
  return `${account}\n${id.length > 64 ? createHash("sha256").update(id).digest("base64") : id}`;
}
