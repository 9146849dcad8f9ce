import type { DatabaseSync } from "node:sqlite";
import { openReader, requireArchive, requireCurrent } from "./database.ts";
import { failure } from "./failure.ts";
import { NUMBERS_PER_SPAN } from "./names.ts";
import { FOREIGN } from "./schema.ts";

/** Rules between the tables: each query finds what breaks a rule. These read everything there is. */
const RULES: Readonly<Record<string, string>> = {
  "an entry is in one table only": "SELECT archive, number FROM entry JOIN recent USING (archive, number)",
  "an entry's message exists and names the archive as a holder": `
    SELECT archive, place.number FROM (SELECT * FROM entry UNION ALL SELECT * FROM recent) AS place
    LEFT JOIN message ON message.number = place.number - lag
    WHERE NOT coalesce((one = archive AND one_lag = lag) OR (two = archive AND two_lag = lag), false)`,
  // A sweep removes an archive's entries first, and the messages when it has been to every archive.
  "a holder of a message has the entry, or none that is as old": `
    WITH place AS (SELECT archive, number FROM entry UNION ALL SELECT archive, number FROM recent)
    SELECT archive, number FROM (
      SELECT one AS archive, number + one_lag AS number FROM message WHERE one IS NOT NULL
      UNION ALL SELECT two, number + two_lag FROM message WHERE two IS NOT NULL
      EXCEPT SELECT archive, number FROM place
    ) AS hold WHERE number >= (SELECT min(number) FROM place WHERE archive = hold.archive)`,
  "a message has a holder": "SELECT number FROM message WHERE one IS NULL AND two IS NULL",
  "an entry's number is at least its message's": `
    SELECT archive, number FROM (SELECT * FROM entry UNION ALL SELECT * FROM recent) WHERE lag < 0`,
  "an entry and its message agree on the time": `
    SELECT place.number FROM (SELECT * FROM entry UNION ALL SELECT * FROM recent) AS place
    JOIN message ON message.number = place.number - lag
    WHERE (place.number >> 12) - place.ahead <> (message.number >> 12) - message.ahead`,
  "an archive counts its settled entries": `
    SELECT id, settled FROM archive WHERE settled <> (SELECT count(*) FROM entry WHERE archive = archive.id)`,
  "an entry's archive has its correspondent": `
    SELECT place.archive, number FROM (SELECT * FROM entry UNION ALL SELECT * FROM recent) AS place
    LEFT JOIN correspondent ON correspondent.id = correspondent AND correspondent.archive = place.archive
    LEFT JOIN archive ON archive.id = place.archive
    WHERE correspondent.id IS NULL OR archive.id IS NULL`,
  "a correspondent was active in the span of each entry": `
    SELECT archive, number FROM (SELECT * FROM entry UNION ALL SELECT * FROM recent) AS place
    WHERE NOT EXISTS (
      SELECT 1 FROM activity WHERE correspondent = place.correspondent AND span = number >> ${
    Math.log2(NUMBERS_PER_SPAN)
  }
    )`,
  "a correspondent was active at some time": `
    SELECT id FROM correspondent WHERE NOT EXISTS (SELECT 1 FROM activity WHERE correspondent = correspondent.id)`,
  "activity is that of a correspondent": `
    SELECT correspondent FROM activity WHERE NOT EXISTS (SELECT 1 FROM correspondent WHERE id = correspondent)`,
  "an archive has a correspondent": `
    SELECT id FROM archive WHERE NOT EXISTS (SELECT 1 FROM correspondent WHERE archive = archive.id)`,
  "the state bounds what is held": `
    SELECT number FROM (SELECT * FROM entry UNION ALL SELECT * FROM recent), state
    WHERE number > newest OR ahead < least_ahead OR ahead > most_ahead`,
  "the state bounds the positions": "SELECT number FROM position, state WHERE number > newest",
  "a foreign id is that of a settled entry": `
    SELECT archive, number FROM foreign_id EXCEPT SELECT archive, number FROM entry WHERE random = ${FOREIGN}`,
  "the state counts the recent entries": "SELECT recents FROM state WHERE recents <> (SELECT count(*) FROM recent)",
};

/** All that is wrong with an archive on disk, which another process may be writing. Throws `ArchiveStoreError` where it cannot be opened. */
export function verifyArchive(path: string): string[] {
  try {
    requireArchive(path);
    using db = openReader(path, {});
    requireCurrent(db, path);
    return faultsIn(db);
  } catch (error) {
    throw failure("verify", path, error);
  }
}

/** All that is wrong with a database, one state of which is looked at; nothing where it is sound. Takes as long as reading all of it. */
export function faultsIn(db: DatabaseSync): string[] {
  db.exec("BEGIN");
  try {
    const damage = damageIn(db);
    return damage.length > 0 ? damage : brokenRules(db);
  } finally {
    db.exec("COMMIT");
  }
}

/** Damage of a database of any schema, as far as SQLite knows it. */
export function damageIn(db: DatabaseSync): string[] {
  return db.prepare("PRAGMA integrity_check").all()
    .map(({ integrity_check }) => String(integrity_check)).filter((line) => line !== "ok");
}

/** The rules that a database breaks, each with how often; none in a sound one. Takes as long as reading all of it. */
export function brokenRules(db: DatabaseSync): string[] {
  return Object.entries(RULES).flatMap(([rule, query]) => {
    const broken = db.prepare(query).all().length;
    return broken === 0 ? [] : [`${rule}: ${broken} times not`];
  });
}
