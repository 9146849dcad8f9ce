/**
 * Figures of a store for an operator: sizes, counts, and notes of what happened. Every time is in milliseconds since 1970, UTC.
 *
 * @module
 */

/** Size of a store on disk, in bytes; all zero where it is in memory. */
export interface StoreSize {
  readonly database: number;
  /** Bytes written but not moved into the database yet. */
  readonly log: number;
  /** Free space in the database, which is used again. */
  readonly free: number;
}

/** From one time to another, in milliseconds since 1970. */
export interface Span {
  readonly began: number;
  readonly ended: number;
}

/** An event noted for an operator to look at later. */
export interface Happening {
  /** The server could reach the archive; goes on with the span that began at the same time, if there is one. */
  readonly connected?: Span;
  /** Counts of messages since the last note, by a word for their fate. */
  readonly counted: Readonly<Record<string, number>>;
}

/** Notes of a store. */
export interface Chronicle {
  /** When the server could reach the archive, oldest first: the last thousand times. */
  readonly connections: readonly Span[];
  /** Counts of messages since the chronicle began, by a word for their fate. */
  readonly counted: Readonly<Record<string, number>>;
}

/** All archives together. */
export interface Survey {
  /** Number of archives that hold something. */
  readonly archives: number;
  /** Number of entries, each message once for every archive that has it. */
  readonly entries: number;
  /** When the oldest and the newest message were received; `undefined` where there is none. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
}

/** Counts of what a sweep would forget. */
export interface Due {
  /** Entries whose numbers are due before a time. */
  readonly expired: number;
  /** Of the others, those beyond the newest of their archives. */
  readonly beyond: number;
}
