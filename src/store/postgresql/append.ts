import type { NewMessage } from "../archive.ts";
import { lockArchives, type LockedArchive } from "./archives.ts";
import { firstOf } from "./copies.ts";
import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";
import { type Appended, type Followed, following } from "./follow.ts";
import { insertRows } from "./insert.ts";
import { insertPositions } from "./positions.ts";
import { type PlacedRow, remember, renumber } from "./renumber.ts";

/** Adds messages. */
export async function append(database: Database, batch: readonly NewMessage[], process: string): Promise<Appended> {
  const statements = following(batch, process);
  const [followed] = statements === undefined ? [] : await database.atOnce<Followed>(statements);
  if (followed?.fits) return followed;
  return await database.transaction((queries) => appendBatch(queries, batch, process));
}

/** The same, wherever the messages belong, within the caller's transaction. */
export async function appendBatch(queries: Queries, batch: readonly NewMessage[], process: string): Promise<Appended> {
  const owners = new Set(
    batch.flatMap(({ entries, positions = [] }) => [...entries, ...positions].map(({ archive }) => archive)),
  );
  const archives = await lockArchives(queries, [...owners]);
  const first = await firstOf(queries, batch, process);
  const claimed = first.flatMap((message) => rowsOf(message, archives));
  const { rows, overtaken } = await renumber(queries, claimed, archives.values());
  const [passed] = await Promise.all([
    insertPositions(queries, batch, archives),
    remember(queries, overtaken),
    insertRows(queries, rows),
  ]);
  const kept = first.filter(({ entries }) => entries.length > 0).length;
  return { kept, newest: rows.reduce((most, { number }) => Math.max(most, number), passed) };
}

function rowsOf(
  { time, stanza, beside, entries }: NewMessage,
  archives: ReadonlyMap<string, LockedArchive>,
): PlacedRow[] {
  return entries.flatMap(({ archive, id, with: peer, resource, provisional = false }) => {
    const locked = archives.get(archive);
    const row = { ...id, time, with: peer, resource, stanza, beside, provisional };
    return locked === undefined ? [] : [{ archive: locked.id, ...row }];
  });
}
