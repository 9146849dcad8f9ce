/**
 * Items that go from one archive to another.
 *
 * @module
 */
import type { Preferences, WholeEntry } from "../store/archive.ts";

/** One thing that was read of an archive. The entries of an owner come in order, and one owner's after another's. */
export type Item = EntryItem | PreferencesItem | Skipped;

export interface EntryItem {
  readonly kind: "entry";
  /** Bare JID. */
  readonly owner: string;
  readonly entry: WholeEntry;
}

export interface PreferencesItem {
  readonly kind: "preferences";
  readonly owner: string;
  readonly preferences: Preferences;
}

/** Something that is not taken. */
export interface Skipped {
  readonly kind: "skipped";
  /** Completes "not taken: …"; few different ones, as they are counted. */
  readonly reason: string;
}

export function skipped(reason: string): Skipped {
  return { kind: "skipped", reason };
}

/** Selection of items from a file or folder. */
export interface Wanted {
  /** Only what is of this host. */
  readonly host?: string | undefined;
  /** Of which host archives are that do not say it; by default that one. */
  readonly assumed?: string | undefined;
}
