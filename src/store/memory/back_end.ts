import type { ArchiveStore } from "../archive.ts";
import type { BackEnd } from "../back_end.ts";
import { openMemoryStore } from "./mod.ts";

const ALONE = { instead: "memory is of the service alone" };

/** Archives in memory, to try things out. */
export const memory: BackEnd<Record<never, never>> = {
  name: "memory",
  title: "memory",
  keeps: "until the exit",
  options: {},
  shared: false,
  open(_, { log }): Promise<ArchiveStore> {
    log?.warn("store-in-memory", "Archives are kept in memory: they are gone at exit", {
      hint: 'set archive2 = "sqlite"',
    });
    return Promise.resolve(openMemoryStore());
  },
  read: ALONE,
  tools: { backup: ALONE, restore: ALONE, verify: ALONE, compact: ALONE },
};
