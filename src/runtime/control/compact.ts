import type { Compacted } from "../../store/back_end.ts";
import type { Control } from "./control.ts";

/** Makes a database as small as what it holds allows. Progress is a share from 0 to 1. */
export const compacting: Control<null, Compacted, number> = { name: "compact", read: () => null };
