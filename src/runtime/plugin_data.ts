/**
 * A small store of a plugin's own, in the database of the archives.
 *
 * @module
 */
import type { ArchiveStore } from "../store/archive.ts";
import { updateDatum } from "../store/several_calls.ts";

/** Most bytes of a key and of a value, in UTF-8. */
const MAX_KEY = 1024;
const MAX_VALUE = 64 * 1024;

/** Keys that are listed at once, unless more are asked for. */
const LISTED = 100;

/** Texts by key. */
export interface Data {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Changes a value and returns the new one; `undefined` deletes it. Nobody else changes it meanwhile, also where several
   * processes share the database: then `change` may be called again.
   */
  update(key: string, change: (value: string | undefined) => string | undefined): Promise<string | undefined>;
  /** Lists the keys that follow `after`, ascending: at most `limit`, by default 100. */
  keys(options?: { after?: string; limit?: number }): Promise<string[]>;
}

/** Opens the store of this name of a plugin. `archives` are opened when they are needed first. */
export function openData(archives: () => Promise<ArchiveStore>, plugin: string, name: string): Data {
  const space = `${plugin}/${name}`;

  async function update(key: string, change: Parameters<Data["update"]>[1]): Promise<string | undefined> {
    checkSize("key", key, MAX_KEY);
    return await updateDatum(await archives(), space, key, (from) => {
      const to = change(from);
      if (to !== undefined) checkSize("value", to, MAX_VALUE);
      return to;
    });
  }

  return {
    get: async (key) => await (await archives()).datum(space, key),
    set: async (key, value) => void await update(key, () => value),
    delete: async (key) => void await update(key, () => undefined),
    update,
    keys: async ({ after = "", limit = LISTED } = {}) => await (await archives()).dataKeys(space, after, limit),
  };
}

function checkSize(what: string, text: unknown, most: number): void {
  if (typeof text !== "string") throw new TypeError(`Found a ${what} of the type ${typeof text}, expected a text`);
  if (text === "" && what === "key") throw new RangeError("Found an empty key, expected a text that is not empty");
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > most) throw new RangeError(`Found a ${what} of ${bytes} bytes, expected at most ${most}`);
}
