/** No read walks over a whole table: SQLite says how it would go about every statement that readers prepare. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JULIET, messageAt, ROMEO, START, textAt } from "../../../tests/support/store/messages.ts";
import { Append } from "./append.ts";
import { LIMITS } from "./limits.ts";
import { Names } from "./names.ts";
import { Passage } from "./passage.ts";
import { PreferenceReader } from "./preferences.ts";
import { Read } from "./read.ts";
import { MIGRATIONS } from "./schema.ts";
import { State } from "./state.ts";
import { Walk } from "./walk.ts";

/** A connection that remembers what was prepared on it. */
class Recording extends DatabaseSync {
  readonly prepared: string[] = [];

  override prepare(sql: string): StatementSync {
    this.prepared.push(sql);
    return super.prepare(sql);
  }
}

/** Asks in every way there is. */
async function askAll(read: Read): Promise<void> {
  const [some, resource, ids] = [{ start: START }, { resource: "orchard" }, { ids: [textAt(1)] }];
  for (const filter of [{}, some, { with: JULIET }, { with: JULIET, ...some }, { with: JULIET, ...resource }]) {
    for (const paging of [{ max: 10 }, { max: 10, before: "" }]) await read.page(ROMEO, filter, paging);
    await read.page(ROMEO, { ...filter, ...ids }, { max: 10 });
    await read.count(ROMEO, filter);
    await read.count(ROMEO, { ...filter, ...ids });
    await read.count(ROMEO, { ...filter, afterId: textAt(1) });
  }
  read.extent(ROMEO);
}

Deno.test("every read finds its rows by a key", async () => {
  using db = new Recording(":memory:");
  db.exec(MIGRATIONS.join(";"));
  const [state, names] = [new State(db), new Names(db)];
  const append = new Append(db, { names, state, passage: new Passage() });
  for (const resource of ["orchard", "balcony"]) append.add(messageAt(resource.length, { resource }));
  append.add(messageAt(1));
  append.flush();
  db.prepared.length = 0;
  // So low that archives are divided.
  const read = new Read(db, state, { ...LIMITS, walkedEntries: 1 });
  await askAll(read);
  new PreferenceReader(db);
  new Walk(db, "");
  const reads = db.prepared.filter((sql) => sql.trimStart().startsWith("SELECT"));
  assert(reads.length > 40);
  for (const sql of reads) {
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail));
    // The argument of json_each is walked over, of course, and so is what a bounded subquery found.
    const bad = steps.filter((step) =>
      /^(SCAN|USE TEMP B-TREE)/.test(step) && !/^SCAN (json_each|\(subquery)/.test(step)
    );
    assertEquals(bad, [], sql);
    assert(steps.some((step) => step.startsWith("SEARCH")), sql);
  }
});
