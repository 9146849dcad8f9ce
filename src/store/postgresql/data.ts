/**
 * Values that plugins keep, each under a key of a space.
 *
 * @module
 */
import type { DatumChange } from "../archive.ts";
import type { Queries } from "./connection/session.ts";

export async function readDatum(queries: Queries, space: string, key: string): Promise<string | undefined> {
  const [row] = await queries.query<{ value: string }>(
    "SELECT value FROM datum WHERE space = $1 AND key = $2",
    [space, key],
  );
  return row?.value;
}

export async function listDataKeys(
  queries: Queries,
  space: string,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const rows = await queries.query<{ key: string }>(
    "SELECT key FROM datum WHERE space = $1 AND key > $2 ORDER BY key LIMIT $3",
    [space, after, limit],
  );
  return rows.map(({ key }) => key);
}

export async function listDataSpaces(queries: Queries): Promise<string[]> {
  const rows = await queries.query<{ space: string }>("SELECT DISTINCT space FROM datum ORDER BY space", []);
  return rows.map(({ space }) => space);
}

/** Changes a value by one statement: the row is locked from when it is compared. */
export async function changeDatum(
  queries: Queries,
  space: string,
  key: string,
  { from, to }: DatumChange,
): Promise<boolean> {
  const statement = statementFor(from, to);
  if (statement === undefined) return await readDatum(queries, space, key) === undefined;
  const [text, values] = statement;
  const changed = await queries.query<{ key: string }>(`${text} RETURNING key`, [space, key, ...values]);
  return changed.length === 1;
}

/** Returns the statement that makes a change, and its parameters after the key; `undefined` where there is nothing to change. */
function statementFor(
  from: string | undefined,
  to: string | undefined,
): [text: string, values: string[]] | undefined {
  const [here, also] = ["WHERE space = $1 AND key = $2", "AND value = $3"];
  if (from === undefined && to === undefined) return undefined;
  if (to === undefined) return [`DELETE FROM datum ${here} ${also}`, [from ?? ""]];
  if (from !== undefined) return [`UPDATE datum SET value = $4 ${here} ${also}`, [from, to]];
  return ["INSERT INTO datum (space, key, value) VALUES ($1, $2, $3) ON CONFLICT (space, key) DO NOTHING", [to]];
}
