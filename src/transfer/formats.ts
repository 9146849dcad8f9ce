/**
 * The formats that archives come and go in, by name.
 *
 * @module
 */
import { readEjabberdSql } from "./ejabberd_sql.ts";
import type { EntryItem, Item, PreferencesItem, Wanted } from "./item.ts";
import { readJsonl, writeJsonl } from "./jsonl.ts";
import { readProsodyInternal } from "./prosody_internal.ts";
import { readProsodySql } from "./prosody_sql.ts";
import { readXep0227, writeXep0227 } from "./xep0227.ts";

/** Reads a file or a folder, or what is wanted of it. Throws `TransferError` where it cannot go on. */
export type ReadFormat = (path: string, wanted?: Wanted) => Iterable<Item>;

/** Writes items as text, in pieces. */
export type WriteFormat = (items: AsyncIterable<EntryItem | PreferencesItem>) => AsyncIterable<string>;

export const READ: ReadonlyMap<string, ReadFormat> = new Map<string, ReadFormat>([
  ["jsonl", readJsonl],
  ["xep0227", readXep0227],
  ["prosody-internal", readProsodyInternal],
  ["prosody-sql", readProsodySql],
  ["ejabberd-sql", readEjabberdSql],
]);

export const WRITE: ReadonlyMap<string, WriteFormat> = new Map([["jsonl", writeJsonl], ["xep0227", writeXep0227]]);
