import type { Names } from "./names.ts";
import type { Passage } from "./passage.ts";
import type { State } from "./state.ts";

/** Values kept in memory of the database, which must know what is added. */
export interface Kept {
  readonly names: Names;
  readonly state: State;
  readonly passage: Passage;
}
