/** No read walks over a whole table: SQLite says how it would go about every statement that readers prepare. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JULIET, messageAt, ROMEO, START, textAt } from "../../../tests/support/store/messages.ts";
import { COUNTED } from "../selection.ts";
import { appendBatch } from "./append.ts";
import { readCount } from "./count.ts";
import type { Source } from "./criteria.ts";
import { LIMITS } from "./limits.ts";
import { readExtent, readPage } from "./page.ts";
import { listPositions } from "./positions.ts";
import { readPreferences } from "./preferences.ts";
import { Queries } from "./queries.ts";
import { MIGRATIONS } from "./schema.ts";
import { walkEntries } from "./walk.ts";
import { Writer } from "./writer.ts";

/** A connection that remembers what was prepared on it. */
class Recording extends DatabaseSync {
  readonly prepared: string[] = [];

  override prepare(sql: string): StatementSync {
    this.prepared.push(sql);
    return super.prepare(sql);
  }
}

/** Asks in every way there is. */
async function askAll(source: Source): Promise<void> {
  const [some, resource, ids] = [{ start: START }, { resource: "orchard" }, { ids: [textAt(1), "given", textAt(9)] }];
  for (const filter of [{}, some, { with: JULIET }, { with: JULIET, ...some }, { with: JULIET, ...resource }]) {
    for (const paging of [{ max: 10 }, { max: 10, before: "" }]) await readPage(source, ROMEO, { filter, paging });
    await readPage(source, ROMEO, { filter: { ...filter, ids: [textAt(1)] }, paging: { max: 10 } });
    await readCount(source, ROMEO, filter);
    await readCount(source, ROMEO, { ...filter, ids: [textAt(1)] });
    await readCount(source, ROMEO, { ...filter, ...ids });
    await readCount(source, ROMEO, { ...filter, afterId: textAt(1) });
  }
  readExtent(source, ROMEO);
  listPositions(source.queries, ROMEO, { after: 0, limit: 1 });
  readPreferences(source.queries, ROMEO);
  await Array.fromAsync(walkEntries(source.queries, ROMEO));
}

Deno.test("every read finds its rows by a key", async () => {
  using db = new Recording(":memory:");
  db.exec(MIGRATIONS.join(";"));
  // So low that entries move on, and archives are divided.
  const limits = { ...LIMITS, recentEntries: 1, settledEntries: 1, walkedEntries: 1 };
  const writer = new Writer(db, limits);
  const messages = ["orchard", "balcony"].map((resource) => messageAt(resource.length, { resource }));
  for (const message of [...messages, messageAt(1)]) writer.transaction(() => appendBatch(writer, [message]));
  // So many that matches are looked for in the spans of their correspondents.
  const many = Array.from({ length: COUNTED }, (_, index) => messageAt(100 + index));
  writer.transaction(() => appendBatch(writer, many));
  db.prepared.length = 0;
  await askAll({ queries: new Queries(db), state: writer.state, limits });
  const reads = db.prepared.filter((sql) => sql.trimStart().startsWith("SELECT"));
  assert(reads.length > 40);
  assert(reads.some((sql) => sql.includes("FILTER")));
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
