/**
 * The contract of a back end: what is known of a store before it is open. `mod.ts` lists the back ends.
 *
 * @module
 */
import type { Options, Values } from "../config/options.ts";
import type { Log } from "../log/log.ts";
import type { ArchiveReader, ArchiveStore } from "./archive.ts";
import type { Survey } from "./figures.ts";

/** A place for archives: declared as data, opened by functions of its options. */
export interface BackEnd<O extends Options = Options> {
  /** Value of `archive2` that chooses it; its options are in the table `storage.<name>`. */
  readonly name: string;
  /** Name in sentences: "The archives are in PostgreSQL". */
  readonly title: string;
  /** Part of the documentation of `archive2`: `in a file`. */
  readonly keeps: string;
  readonly options: O;
  /** True when several processes may write the same archives at the same time. */
  readonly shared: boolean;
  /** Opens the archives to write them, and makes them where there are none. One attempt; rejects with `ArchiveStoreError`. */
  open(values: Values<O>, opening: Opening): Promise<ArchiveStore>;
  /** True when the reason why `open` failed may pass by itself, so that a service tries again; without it, none does. */
  isPassing?(error: unknown): boolean;
  /**
   * Opens the archives to read them beside whoever has them open. A sentence in its place says why only the service can;
   * then the archives are gone when it stops.
   */
  readonly read: ((values: Values<O>) => Promise<ArchiveReader>) | Instead;
  /** The file that holds the archives, where there is one on this machine and only one process writes it. */
  readonly file?: ArchiveFile<O>;
  readonly tools: { readonly [T in keyof Tools<O>]: Tools<O>[T] | Instead };
}

// deno-lint-ignore no-explicit-any -- back ends whose options differ
export type AnyBackEnd = BackEnd<any>;

/** Options of one attempt to open archives. */
export interface Opening {
  /** Log of a service, which is told of what an operator should know; commands have none. */
  readonly log?: Log | undefined;
  /** Told once when files of the open archives were removed or replaced. */
  readonly displaced?: ((found: Displaced) => void) | undefined;
}

/** Fate of a file of open archives. */
export interface Displaced {
  readonly file: string;
  readonly became: "removed" | "replaced" | "cut off";
}

/** Sentence that is printed where a back end does not have what is asked for. */
export interface Instead {
  readonly instead: string;
}

/** The file that holds archives. The service that has it open listens at a socket beside it. */
export interface ArchiveFile<O extends Options = Options> {
  path(values: Values<O>): string;
  /** True when, as far as can be seen, no archives were made there yet: then a service may wait until they can be. */
  isUnmade(values: Values<O>): Promise<boolean>;
  /** True when a process has the archives open to write them. */
  isInUse(values: Values<O>): Promise<boolean>;
  /** Throws `ArchiveStoreError` where `file`, which something is to be written to, belongs to the archives. */
  refuse(values: Values<O>, file: string, operation: string): Promise<void>;
}

/** Work that a back end does on its archives as a whole, for commands. */
export interface Tools<O extends Options = Options> {
  /** Copies all archives into a file, verified, also while a service has them open. */
  readonly backup: (values: Values<O>, file: string, progress: Progressing) => Promise<void>;
  readonly restore: RestoreTool<O>;
  /** Returns everything that is wrong with the archives, a line each. */
  readonly verify: (values: Values<O>) => Promise<string[]>;
  /** Gives the room that is free back to the disk, a step a turn of the event loop, until the signal. */
  readonly compact: (store: ArchiveStore, options: CompactOptions) => Promise<Compacted>;
}

/** Receiver of a share from 0 to 1. */
export type Progressing = (share: number) => void;

/** Replaces archives by a backup. */
export interface RestoreTool<O extends Options = Options> {
  /** Copies and verifies a backup; `beside` when a service has the archives open, which then calls `replace`. */
  prepare(
    values: Values<O>,
    file: string,
    options: { readonly progress?: Progressing; readonly beside?: boolean },
  ): Promise<PreparedBackup>;
  /** Puts what was prepared into its place, while nobody has the archives open. */
  replace(values: Values<O>): Promise<void>;
}

/** A backup that was copied and verified. Disposing of it removes the copy. */
export interface PreparedBackup extends AsyncDisposable {
  /** Survey of what will be there. */
  readonly restored: Survey;
  /** Domains whose archives will be there. */
  readonly domains: readonly string[];
  /** Survey of what will be gone; `undefined` where nothing can be read. */
  readonly replaced: Survey | undefined;
  /** Puts it into its place. Rejects with `ArchiveStoreError` where the archives are in use. */
  complete(): Promise<void>;
}

export interface CompactOptions {
  readonly signal: AbortSignal;
  readonly progress: Progressing;
}

/** Bytes of the database. */
export interface Compacted {
  readonly before: number;
  readonly after: number;
}

/** Tells a sentence from a tool. */
export function isMissing(tool: object): tool is Instead {
  return "instead" in tool;
}
