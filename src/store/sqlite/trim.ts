import type { Expired } from "../archive.ts";
import { removePositionsBefore, trimPositions } from "./positions.ts";
import { pruneArchive } from "./prune.ts";
import { type Goner, removeEntries } from "./remove.ts";
import type { Writer } from "./writer.ts";

/** Archives that are looked at in one step: less than a millisecond. */
const ARCHIVES = 128;

const CANDIDATES = `
  SELECT id, settled + (SELECT count(*) FROM recent WHERE archive = archive.id) AS entries
  FROM archive WHERE id > ? ORDER BY id LIMIT ${ARCHIVES}`;

const OLDEST = `
  SELECT number, lag FROM entry WHERE archive = ?1 UNION ALL SELECT number, lag FROM recent WHERE archive = ?1
  ORDER BY number LIMIT ?2`;

/**
 * Forgets the oldest entries of archives that hold too many, one archive after the other; their counts tell which. One step,
 * within the caller's transaction: at most `limit` entries.
 */
export function trim(writer: Writer, keep: number, limit: number): Expired {
  const { trimming } = writer;
  let done = trimming.at.keep === keep ? trimming.at.done : 0;
  const candidates = writer.all<{ id: number; entries: number }>(CANDIDATES, done);
  let left = limit;
  for (const { id, entries } of candidates) {
    left -= trimArchive(writer, id, Math.min(entries - keep, left));
    if (left === 0) break;
    done = id;
  }
  const more = left === 0 || candidates.length === ARCHIVES;
  trimming.at = { keep, done: more ? done : 0 };
  return { entries: limit - left, more: more || trimPositions(writer, keep, limit) === limit };
}

function trimArchive(writer: Writer, archive: number, count: number): number {
  if (count <= 0) return 0;
  const oldest = writer.all<Goner>(OLDEST, archive, count);
  removeEntries(writer, archive, oldest);
  pruneArchive(writer, archive, count);
  const last = oldest.at(-1)?.number;
  if (last !== undefined) removePositionsBefore(writer, archive, last);
  return count;
}
