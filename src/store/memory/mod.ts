/**
 * Archives in memory, for tests and for trying things out: what they hold is gone at exit.
 *
 * @module
 */
import type { ArchiveStore } from "../archive.ts";
import { MemoryStore } from "./store.ts";

/** Opens an empty store. */
export function openMemoryStore(): ArchiveStore {
  return new MemoryStore();
}
