/**
 * Access to archives.
 *
 * @module
 */
import type { Request } from "../../runtime/plugin.ts";
import { REFUSALS } from "./errors.ts";

/** An archive is read by its owner, and by those whom its server lets read it. Throws `forbidden` for anyone else. */
export function requireReader(request: Request): void {
  if (request.access === undefined) requireOwner(request);
}

/** XEP-0313 §"Data privacy": an archive is its owner's alone. Throws `forbidden` for anyone else. */
export function requireOwner({ from, to }: Request): void {
  if (to.local === "" || from.bare !== to.bare) throw REFUSALS.notOwner();
}
