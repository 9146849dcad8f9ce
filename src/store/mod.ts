/**
 * The back ends that there are.
 *
 * @module
 */
import type { AnyBackEnd } from "./back_end.ts";
import { memory } from "./memory/back_end.ts";
import { postgresql } from "./postgresql/back_end.ts";
import { sqlite } from "./sqlite/back_end.ts";

/** Every back end; `archive2` chooses one, the first where it is not set. */
export const BACK_ENDS: readonly AnyBackEnd[] = [sqlite, postgresql, memory];
