/**
 * Archives in SQLite as older versions of the schema had them.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/** Statements that undo the steps of the schema, from the second on. */
const UNDOING = [
  "DROP TRIGGER foreign_id_goes; DROP TABLE foreign_id",
  "DROP TABLE connection; DROP TABLE tally",
  "DROP TABLE position",
  "DROP TABLE datum",
  "ALTER TABLE message DROP COLUMN beside",
];

/** Makes the schema that of a version, from 1. */
export function makeOlder(db: DatabaseSync, version: number): void {
  for (const undoing of UNDOING.slice(version - 1).reverse()) db.exec(undoing);
  db.exec(`PRAGMA user_version = ${version}`);
}
