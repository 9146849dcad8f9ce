/** No read walks over a whole table: SQLite says how it would go about every statement that readers prepare. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { LIMITS } from "./limits.ts";
import { PreferenceTable } from "./preferences.ts";
import { Read } from "./read.ts";
import { MIGRATIONS } from "./schema.ts";
import { State } from "./state.ts";

/** A connection that remembers what was prepared on it. */
class Recording extends DatabaseSync {
  readonly prepared: string[] = [];

  override prepare(sql: string): StatementSync {
    this.prepared.push(sql);
    return super.prepare(sql);
  }
}

Deno.test("every read finds its rows by a key", () => {
  using db = new Recording(":memory:");
  db.exec(MIGRATIONS.join(";"));
  const state = new State(db);
  db.prepared.length = 0;
  new Read(db, state, LIMITS);
  new PreferenceTable(db, db);
  const reads = db.prepared.filter((sql) => sql.trimStart().startsWith("SELECT"));
  assert(reads.length > 20);
  for (const sql of reads) {
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail));
    // The argument of json_each is walked over, of course.
    const bad = steps.filter((step) => /^(SCAN|USE TEMP B-TREE)/.test(step) && !/^SCAN json_each/.test(step));
    assertEquals(bad, [], sql);
    assert(steps.some((step) => step.startsWith("SEARCH")), sql);
  }
});
