/**
 * Access to archives.
 *
 * @module
 */
import type { Request } from "../../runtime/plugin.ts";
import { REFUSALS } from "./errors.ts";

/** XEP-0313 §"Data privacy": an archive is its owner's alone. Throws `forbidden` for anyone else. */
export function requireOwner({ from, to }: Request): void {
  if (to.local === "" || from.bare !== to.bare) throw REFUSALS.notOwner();
}
