/**
 * The contract of an archive store: what every back end keeps and how it is asked.
 *
 * A store knows bare JIDs, archive ids, times and an opaque string per stanza; it knows neither XML nor policy.
 * An archive is the messages of one bare JID, in order of arrival. Every time is in milliseconds since 1970, UTC.
 *
 * @module
 */
import type { Chronicle, Due, Happening, StoreSize, Survey } from "./figures.ts";
import type { ArchiveId } from "./id.ts";

/** One archive's hold on a message. */
export interface NewEntry {
  /** Bare JID of the owner. */
  readonly archive: string;
  /**
   * Greater than every id that the archive holds or ever held; what is older goes where its number belongs. Its number is
   * that of the time of receipt, or runs ahead of it (see `id.ts`).
   */
  readonly id: ArchiveId;
  /** Bare JID of the other end (XEP-0313 §"Message archives": the remote JID); the owner's own for a note to self. */
  readonly with: string;
  /** Resource of the other end; empty when it was a bare JID. */
  readonly resource: string;
  /**
   * Nobody has been told the id. Where several processes write one archive, an entry that another has overtaken is then kept under
   * a greater number, behind what whoever paged to the end has seen; a store with one writer need not look.
   */
  readonly provisional?: true;
}

/**
 * An id that clients were told and under which nothing is kept: paging after or before it works, but no entry is returned or
 * counted for it. It goes when an entry in its place would.
 */
export interface Position {
  /** Bare JID of the owner. */
  readonly archive: string;
  readonly id: ArchiveId;
}

/**
 * Mark that copies of one message have in common, where a server hands over several and each may go to another process.
 * A store that several processes write keeps the message of the first only; a store with one writer need not look, as
 * that knows its own.
 */
export interface CopyMark {
  readonly digest: string;
  /** Up to when, in milliseconds since 1970, what has this digest is a copy of the same message. */
  readonly until: number;
}

/** A message on its way into one or two archives. */
export interface NewMessage {
  /** When it was received. */
  readonly time: number;
  readonly stanza: string;
  /** Text kept beside the stanza, of which the store knows nothing: who sent a message to a room. */
  readonly beside?: string;
  readonly copy?: CopyMark;
  /** One or two; none where there are positions. */
  readonly entries: readonly NewEntry[];
  /** Positions: ids that clients were told though nothing is kept. */
  readonly positions?: readonly Position[];
}

/** Filter of the entries of an archive (XEP-0313 §"Filtering results"); all that are given must hold. */
export interface Filter {
  /** Bare JID that the other end must have. */
  readonly with?: string;
  /** With `with`: this resource of it only. */
  readonly resource?: string;
  /** Start of the text that is kept beside the stanza. */
  readonly beside?: string;
  /** Received at this time or later. */
  readonly start?: number;
  /** Received at this time or earlier. */
  readonly end?: number;
  readonly afterId?: string;
  readonly beforeId?: string;
  readonly ids?: readonly string[];
}

/**
 * Part of the matching entries that is wanted (XEP-0059). With both positions, which XEP-0313 §"Requesting pages"
 * leaves open: those between the two that are nearest to `before`.
 */
export interface Paging {
  /** Most entries to return, at least 1. */
  readonly max: number;
  /** Only what follows this id. */
  readonly after?: string;
  /** Only what precedes this id, nearest first in choice; `""` is the end of the archive (XEP-0059 §2.5). */
  readonly before?: string;
}

/** An entry as it is read back. */
export interface Entry {
  readonly id: string;
  readonly time: number;
  readonly stanza: string;
  readonly beside?: string;
}

/** An entry with all that is kept of it: what goes from one archive to another. */
export interface WholeEntry extends Entry {
  /** Bare JID of the other end. */
  readonly with: string;
  /** Resource of the other end; empty when it was a bare JID. */
  readonly resource: string;
}

/** Counts of entries that came from another archive. */
export interface Adoption {
  readonly added: number;
  /** Number of entries whose ids the archive held already. */
  readonly held: number;
}

/** A part of a result set. */
export interface Page {
  /** In order of arrival. */
  readonly entries: readonly Entry[];
  /** True when no matching entry lies beyond this page, in the direction of paging. */
  readonly complete: boolean;
  /** Number of entries that match the filter, where that is known at little cost. */
  readonly count?: number;
  /** Position of the first entry among those that match, where that is known at no cost. */
  readonly index?: number;
  /** `false` where it may lack what was stored before it was asked for (XEP-0313 §"Requesting pages"). */
  readonly stable?: false;
}

/** Returned instead of a page when the query names an id that the archive does not hold. */
export interface UnknownId {
  readonly unknown: string;
}

/** The two ends of an archive. */
export interface Extent {
  readonly first: Pick<Entry, "id" | "time">;
  readonly last: Pick<Entry, "id" | "time">;
}

/** A user's archiving preferences (XEP-0441). */
export interface Preferences {
  readonly default: "always" | "never" | "roster";
  /** Bare or full JIDs. */
  readonly always: readonly string[];
  readonly never: readonly string[];
}

/** Change of a value that is kept under a key; `undefined` is none. */
export interface DatumChange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Counts of one step of a sweep. */
export interface Expired {
  readonly entries: number;
  /** True when the sweep has further to go. */
  readonly more: boolean;
}

/** Archives to be looked at; others may write meanwhile. */
export interface ArchiveReader extends AsyncDisposable {
  /** Size at the moment. */
  readonly size: StoreSize;
  /** The time by which the last sweep went, in milliseconds since 1970; 0 before the first. */
  readonly sweptAt: number;
  /** The greatest number that any id ever held here had; 0 in a new store. */
  readonly newestNumber: number;
  /**
   * The owners in a domain who have entries, positions or preferences, in an order that stays the same: at most `limit` of those that
   * follow `after`, which need not be one of them; `""` is before the first.
   */
  owners(domain: string, after: string, limit: number): Promise<string[]>;
  /** Everything in an archive, in order, without reading it all at once. */
  entries(archive: string): AsyncIterable<WholeEntry>;
  /** Ids of the positions of an archive whose numbers are greater than `after`, ascending: at most `limit`. */
  positions(archive: string, after: number, limit: number): Promise<ArchiveId[]>;
  preferences(archive: string): Promise<Preferences | undefined>;
  /** Value that is kept under a key of a space of data; `undefined` when there is none. Archives do not show it. */
  datum(space: string, key: string): Promise<string | undefined>;
  /** Keys of a space of data that follow `after`, in an order that stays the same: at most `limit`. */
  dataKeys(space: string, after: string, limit: number): Promise<string[]>;
  /** Spaces of data in which something is kept. */
  dataSpaces(): Promise<string[]>;
  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId>;
  /** Number of entries that match. */
  count(archive: string, filter: Filter): Promise<number | UnknownId>;
  /** `undefined` when the archive is empty. */
  extent(archive: string): Promise<Extent | undefined>;
  survey(): Promise<Survey>;
  /** Counts of what `expire` and then `trim` would forget. */
  due(before: number, keep: number): Promise<Due>;
  chronicle(): Promise<Chronicle>;
}

/** Options of forgetting, also of a stanza that another replaces. */
export interface Forgetting {
  /**
   * True when it is overwritten on the disk, so that nobody finds it there when `fold` has been called; it costs time.
   */
  readonly overwrite?: boolean;
}

/** Files that hold the archives of a store, and that only its process writes. */
export interface StoreFiles {
  /**
   * False once files were removed, replaced or cut off while they were open: then nothing is taken any more. Throws where
   * that cannot be seen.
   */
  isInPlace(): boolean;
  /**
   * Saves what the archives in such files still hold: into their own database where that is in its place, or else into another file, whose
   * path is returned. It may be tried again.
   */
  salvage(progress?: (share: number) => void): Promise<string | undefined>;
  /** Gives room that is free back to the file system, in one bounded step; returns how many bytes of it are left. */
  giveBack(): Promise<number>;
  /**
   * Moves all that was written into its place in the file, which only then is smaller or overwritten, and keeps no other trace
   * of it. Returns whether it could: somebody who reads an earlier state at this moment keeps it from that.
   */
  fold(): Promise<boolean>;
}

/** Archives, on disk or in memory. */
export interface ArchiveStore extends ArchiveReader {
  /** Description for an operator: `sqlite data/archive2.sqlite`, `memory`. */
  readonly description: string;
  /** True when other processes may write it at the same time: then what was read is not what holds a while later. */
  readonly shared: boolean;
  /** Its files, where it has some that only this process writes. */
  readonly files?: StoreFiles | undefined;
  /**
   * Keeps a batch, all of it or nothing. An entry whose id its archive already holds is left as it is; where an entry from
   * elsewhere has its number, it may be left out. Resolves with how many of the messages with entries are not left out as copies
   * of what another process was given. Rejects with `UnkeepableError` for what no store can keep, with `ArchiveStoreError` where the disk is the
   * matter: then it may be tried again.
   */
  append(batch: readonly NewMessage[]): Promise<number>;
  /**
   * Keeps entries that another archive held, under the ids that they had there, all of them or none: in the order given, each
   * where its time puts it. What this archive holds already under the same id is left as it is, so that a list may be given
   * again. A list may be given in parts: `after` is the id of the last entry of the part before.
   */
  adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption>;
  /**
   * Forgets entries whose numbers are due before a time, the oldest of an archive first, at most `limit` of them, or more where
   * many go as fast as one (one bounded step of a sweep, which may also be spent on what no entry needs any more; of nothing while
   * another process sweeps). The number counts rather than the time of receipt, from which it differs where the clock was wrong: what goes must
   * be the oldest by order of arrival (XEP-0313 §"Message retention and deletion").
   */
  expire(before: number, limit: number): Promise<Expired>;
  /**
   * Forgets what archives hold beyond their newest `keep` entries, at least 1, the oldest of an archive first, at most `limit`
   * of them (one bounded step).
   */
  trim(keep: number, limit: number): Promise<Expired>;
  noteSweep(time: number): Promise<void>;
  /** Adds to the chronicle. */
  note(happening: Happening): Promise<void>;
  /**
   * Forgets those entries and positions of an archive that have these ids: at most some hundred, as they go in one step. Returns
   * how many entries went.
   */
  forget(archive: string, ids: readonly string[], how?: Forgetting): Promise<number>;
  /**
   * Replaces the stanza of one entry, which keeps all else; another archive that holds the same message keeps it as it was. Returns false where there is no such entry.
   */
  rewrite(archive: string, id: string, stanza: string, how?: Forgetting): Promise<boolean>;
  /** Forgets an owner: entries, positions and preferences, in bounded steps. Returns how many entries went. */
  deleteArchive(archive: string, how?: Forgetting): Promise<number>;
  setPreferences(archive: string, preferences: Preferences): Promise<void>;
  /** Changes a value of a space of data. Returns false where it is not `change.from`: then nothing changes. */
  changeDatum(space: string, key: string, change: DatumChange): Promise<boolean>;
}
