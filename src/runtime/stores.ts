/**
 * Opens the archives that `[storage]` configures.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { type Config, storeValues } from "../config/config.ts";
import { choice, type Values } from "../config/options.ts";
import { backoff } from "../lib/backoff.ts";
import type { ArchiveReader, ArchiveStore } from "../store/archive.ts";
import { type AnyBackEnd, type Instead, isMissing, type Opening, type Tools } from "../store/back_end.ts";
import { BACK_ENDS } from "../store/mod.ts";
import type { Log } from "../log/log.ts";

/** Seconds between attempts: a database that starts with the machine is there in no time. */
const WAITS = { initial: 1, max: 10 };

/** The part of a configuration that says where archives are. */
export type Storage = Pick<Config, "storage" | "stores">;

/** A back end, with its options. */
export interface Place {
  readonly backEnd: AnyBackEnd;
  // deno-lint-ignore no-explicit-any -- those that the back end declares
  readonly values: Values<any>;
}

/** The place of the archives: that of the configuration, unless another back end is named. */
export function placeOf(config: Storage, name: string = config.storage.archive2): Place {
  const backEnd = BACK_ENDS.find((each) => each.name === name);
  if (backEnd === undefined) throw new TypeError(`Cannot find the store "${name}"`);
  return { backEnd, values: storeValues(config, backEnd) };
}

/** Path of the file that holds the archives; `undefined` where none does, or not one that only one process writes. */
export function archiveFile(config: Storage): string | undefined {
  const { backEnd, values } = placeOf(config);
  return backEnd.file?.path(values);
}

/** The back ends whose archives others than the service can open. */
export function readable(): readonly AnyBackEnd[] {
  return BACK_ENDS.filter(({ read }) => !isMissing(read));
}

/** Options of a start. */
export interface ServiceOpening extends Opening {
  readonly log: Log;
  /** Aborted when the store is wanted no longer. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens a store by its key in `[storage]`, for a service. */
export async function openStore(name: string, config: Storage, opening: ServiceOpening): Promise<ArchiveStore> {
  if (name !== "archive2") throw new Error(`Cannot open the store "${name}": expected a key of [storage], "archive2"`);
  const place = placeOf(config);
  const store = await openWhenReachable(place, opening);
  if (!isMissing(place.backEnd.read)) {
    opening.log.info("store-opened", "The archives are open", { store: store.description });
  }
  return store;
}

/**
 * Opens the archives, and waits for a database that is not up yet, or not reached yet, however long: nothing else may stand in
 * for it. What no waiting mends, such as a wrong password, is thrown at once.
 */
async function openWhenReachable({ backEnd, values }: Place, opening: ServiceOpening): Promise<ArchiveStore> {
  const { log, signal } = opening;
  for (let attempt = 0;; attempt++) {
    try {
      return await backEnd.open(values, opening);
    } catch (error) {
      if (backEnd.isPassing?.(error) !== true) throw error;
      const seconds = backoff(attempt, WAITS, Math.random());
      log.error("store-unreachable", "Cannot reach the database of the archives", {
        error,
        retry_in_seconds: Math.round(seconds),
      });
      await delay(seconds * 1000, signal && { signal });
    }
  }
}

/**
 * True when archives that cannot be opened may be waited for: as far as can be seen there are none yet, so that nobody misses
 * what is in them. A database that is there but cannot be opened (damaged, in use, of a newer version) ends the start.
 */
export async function mayBeWaitedFor(config: Storage): Promise<boolean> {
  const { backEnd, values } = placeOf(config);
  return await backEnd.file?.isUnmade(values) ?? false;
}

/** The archives, those of the configuration unless a back end is named, to be read beside whoever has them open. */
export async function openArchivesToRead(config: Storage, name?: string): Promise<ArchiveReader> {
  const { backEnd, values } = placeOf(config, name);
  if (isMissing(backEnd.read)) throw ofServiceAlone(backEnd, backEnd.read);
  return await backEnd.read(values);
}

/** The same to be written: in a file by nobody else meanwhile, in a database beside the service. */
export async function openArchivesToImport(
  config: Storage,
  name?: string,
  opening: Opening = {},
): Promise<ArchiveStore> {
  const { backEnd, values } = placeOf(config, name);
  if (isMissing(backEnd.read)) throw ofServiceAlone(backEnd, backEnd.read);
  return await backEnd.open(values, opening);
}

/** The same, where there are some already. */
export async function openArchivesToChange(config: Storage): Promise<ArchiveStore> {
  // What is not there must not be made, only to be found empty.
  await (await openArchivesToRead(config))[Symbol.asyncDispose]();
  return await openArchivesToImport(config);
}

/** A tool for the archives of the configuration. Throws where their back end has none; the error says what does the same. */
export function toolFor<T extends keyof Tools>(
  config: Storage,
  name: T,
  // deno-lint-ignore no-explicit-any -- the options are those of the back end
): { readonly tool: Tools<any>[T]; readonly values: Place["values"] } {
  const { backEnd, values } = placeOf(config);
  if (isMissing(backEnd.read)) throw ofServiceAlone(backEnd, backEnd.read);
  // deno-lint-ignore no-explicit-any -- as above
  const tool: Tools<any>[T] | Instead = backEnd.tools[name];
  if (isMissing(tool)) throw new Error(tool.instead);
  return { tool, values };
}

function ofServiceAlone({ name }: AnyBackEnd, { instead }: Instead): Error {
  const { expects } = choice(...readable().map((each) => each.name));
  return new Error(`Cannot open the archives: found archive2 = "${name}", expected ${expects}; ${instead}`);
}
