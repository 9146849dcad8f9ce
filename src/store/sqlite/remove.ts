import type { Writer } from "./writer.ts";
import { leaveMessage } from "./holders.ts";

/** An entry that is to go. */
export interface Goner {
  readonly number: number;
  readonly lag: number;
}

/** Removes entries of an archive, and the messages that nobody else holds, within the caller's transaction. */
export function removeEntries(writer: Writer, archive: number, entries: readonly Goner[]): void {
  let settled = 0;
  for (const { number, lag } of entries) {
    if (writer.run("DELETE FROM entry WHERE archive = ? AND number = ?", archive, number) > 0) settled++;
    else writer.state.recents -= writer.run("DELETE FROM recent WHERE archive = ? AND number = ?", archive, number);
    leaveMessage(writer, number - lag, { archive, lag });
  }
  discount(writer, archive, settled);
}

const OLD = "archive = ?1 AND number < ?2";

const EDGE = `
  SELECT number FROM entry WHERE ${OLD} UNION ALL SELECT number FROM recent WHERE ${OLD}
  ORDER BY number LIMIT 1 OFFSET ?3`;

const [DELETE_SETTLED, DELETE_RECENT] = [`DELETE FROM entry WHERE ${OLD}`, `DELETE FROM recent WHERE ${OLD}`];

/** Removes the entries of an archive below a number, at most `limit`; their messages are left to the caller. */
export function removeOldest(
  writer: Writer,
  archive: number,
  { end, limit }: { readonly end: number; readonly limit: number },
): { entries: number; more: boolean } {
  const edge = writer.get<{ number: number }>(EDGE, archive, end, limit)?.number;
  const settled = writer.run(DELETE_SETTLED, archive, edge ?? end);
  const recent = writer.run(DELETE_RECENT, archive, edge ?? end);
  discount(writer, archive, settled);
  writer.state.recents -= recent;
  return { entries: settled + recent, more: edge !== undefined };
}

/** Keeps the count of an archive right. */
function discount(writer: Writer, archive: number, settled: number): void {
  if (settled > 0) writer.run("UPDATE archive SET settled = settled - ? WHERE id = ?", settled, archive);
}
