import { timeOfNumber } from "../id.ts";
import { leaveMessage, messageExists } from "./holders.ts";
import { locateIds } from "./ids.ts";
import { findArchive } from "./names.ts";
import { bothTables } from "./schema.ts";
import type { Writer } from "./writer.ts";

/** Stanza that takes the place of an entry's. */
export interface Replacement {
  readonly id: string;
  readonly stanza: string;
}

interface Held {
  readonly number: number;
  readonly lag: number;
  readonly ahead: number;
}

const HELD = bothTables((table) => `SELECT number, lag, ahead FROM ${table} WHERE archive = ? AND number = ?`);

const REPLACE = "UPDATE message SET stanza = ? WHERE number = ? AND (one IS NULL OR two IS NULL)";

/**
 * Replaces the stanza of one entry, within the caller's transaction; false where there is no such entry. A message that another
 * holds as well is left to that, and the entry gets one of its own.
 */
export function rewriteEntry(writer: Writer, owner: string, { id, stanza }: Replacement): boolean {
  const archive = findArchive(writer, owner);
  const number = archive === undefined ? undefined : locateIds(writer, archive, [id]).get(id);
  if (archive === undefined || number === undefined) return false;
  const [held] = HELD.flatMap((sql) => writer.all<Held>(sql, archive, number));
  if (held === undefined) return false;
  if (writer.run(REPLACE, stanza, number - held.lag) === 0) part(writer, { ...held, archive, stanza });
  return true;
}

const COPY = `
  INSERT INTO message (number, ahead, one, one_lag, stanza, beside)
  SELECT ?, ?, ?, ?, ?, beside FROM message WHERE number = ?`;

const POINT = bothTables((table) => `UPDATE ${table} SET lag = ? WHERE archive = ? AND number = ?`);

/** Parts an entry from a message that it shares. */
function part(
  writer: Writer,
  { archive, number, lag, ahead, stanza }: Held & { readonly archive: number; readonly stanza: string },
): void {
  let message = number;
  while (messageExists(writer, message)) message--;
  const own = number - message;
  const ownAhead = timeOfNumber(message) - timeOfNumber(number) + ahead;
  writer.run(COPY, message, ownAhead, archive, own, stanza, number - lag);
  POINT.some((sql) => writer.run(sql, own, archive, number) > 0);
  leaveMessage(writer, number - lag, { archive, lag });
  writer.expiring.added(archive, { number, message });
}
