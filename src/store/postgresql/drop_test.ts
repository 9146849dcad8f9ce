import { assert, assertEquals } from "@std/assert";
import type { ArchiveStore } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import {
  conversationAt,
  JULIET,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
} from "../../../tests/support/store/messages.ts";
import { database, emptySchema, server, waitingFor } from "../../../tests/support/store/postgresql.ts";
import { appendBatch } from "./append.ts";
import { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import { Drop } from "./drop.ts";
import { openPostgresqlStore } from "./mod.ts";
import { Partitions } from "./partitions.ts";

const HOUR = 3_600_000;
const ignore = server === undefined;
/** Partitions of an hour, of which those with five entries are worth dropping. */
const limits = { spanNumbers: firstNumberAt(HOUR) - firstNumberAt(0), droppedEntries: 5 };

/** Counts the partitions. */
async function partitions(url: string): Promise<number> {
  await using db = database(url);
  const [row] = await db.query<{ count: number }>(
    "SELECT count(*) AS count FROM pg_inherits WHERE inhparent = 'entry'::regclass",
  );
  return row?.count ?? 0;
}

/** Six messages in an hour, of two archives each, but for the hour in the middle, which has one. */
async function fill(store: ArchiveStore): Promise<void> {
  for (const hour of [0, 1, 2, 3]) {
    const count = hour === 1 ? 1 : 6;
    await store.append(Array.from({ length: count }, (_, at) => conversationAt(hour * HOUR + at)));
  }
}

Deno.test({
  name: "a sweep drops partitions that it has passed, and empties those that hold little",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url, limits });
    await fill(store);
    const whole = (await pageOf(store, {}, { max: 50 })).at;
    const before = await partitions(url);
    // START is within an hour, so the time is in the middle of a partition.
    const due = START + 3 * HOUR;
    const steps: number[] = [];
    for (let more = true; more;) {
      const expired = await store.expire(due, 2);
      steps.push(expired.entries);
      more = expired.more;
      for (const archive of [ROMEO, JULIET]) {
        const { at, count } = await pageOf(store, {}, { archive, max: 50 });
        assertEquals([at, count], [whole.slice(whole.length - at.length), at.length]);
      }
    }
    assertEquals(steps.filter((entries) => entries > 2), [12, 12]);
    assertEquals(steps.reduce((sum, entries) => sum + entries), 26);
    assert(await partitions(url) < before);
    assertEquals(await store.due(due, Infinity), { expired: 0, beyond: 0 });
    assertEquals((await store.survey()).entries, 12);
  },
});

Deno.test({
  name: "what is added behind a sweep has a partition again, and goes with the next",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url, limits });
    await fill(store);
    while ((await store.expire(START + 4 * HOUR, 2)).more);
    assertEquals((await store.survey()).entries, 0);
    await store.append([messageAt(5, { archive: NURSE }), messageAt(6)]);
    assertEquals((await pageOf(store, {})).at, [6]);
    let entries = 0;
    for (let more = true; more;) {
      const expired = await store.expire(START + 4 * HOUR, 10);
      entries += expired.entries;
      more = expired.more;
    }
    assertEquals(entries, 2);
  },
});

Deno.test({
  name: "a partition from which somebody reads is emptied instead, so that nobody is held up",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url, limits });
    await fill(store);
    await using reader = database(url);
    await reader.transaction(async (queries) => {
      await queries.query("SELECT count(*) FROM entry");
      assertEquals(await store.expire(START + 30 * 60_000, 2), { entries: 2, more: true });
      assertEquals(await store.expire(START + 4 * HOUR, 2), { entries: 2, more: true });
    });
    // It is not tried again at once.
    assertEquals(await store.expire(START + 4 * HOUR, 2), { entries: 2, more: true });
  },
});

Deno.test({
  name: "what another process adds to a partition while that is dropped goes with it, and is counted",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url, limits });
    await fill(store);
    await store.append([messageAt(3 * HOUR, { archive: NURSE })]);
    await using other = database(url);
    let step: Promise<unknown> = Promise.resolve();
    await other.transaction(async (queries) => {
      await appendBatch(queries, [messageAt(7, { archive: NURSE })], "other");
      step = store.expire(START + HOUR, 10);
      await waitingFor(queries);
    });
    await step;
    while ((await store.expire(START + HOUR, 10)).more);
    const { at, count } = await pageOf(store, {}, { archive: NURSE });
    assertEquals([at, count], [[3 * HOUR], 1]);
  },
});

Deno.test({
  name: "a partition is dropped though PostgreSQL cleans it up at the moment",
  ignore,
  async fn(): Promise<void> {
    // As slowly as it can, as soon as there is anything to be cleaned up.
    const settings = {
      autovacuum: "on",
      autovacuum_naptime: "1s",
      autovacuum_vacuum_threshold: "1",
      autovacuum_vacuum_insert_threshold: "-1",
      autovacuum_vacuum_cost_delay: "100ms",
      autovacuum_vacuum_cost_limit: "1",
    };
    await using slow = await PostgresqlServer.launch({ settings });
    const url = slow.url(await slow.createDatabase());
    await using store = await openPostgresqlStore({ url, limits });
    await store.append(Array.from({ length: 2000 }, (_, at) => messageAt(at)));
    await using db = database(url);
    await db.query("UPDATE entry SET time = time");
    await db.query("SELECT pg_stat_force_next_flush()");
    const vacuums = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM%entry_%'";
    while ((await db.query(vacuums)).length === 0);
    assertEquals((await store.expire(START + 4 * HOUR, 10)).entries, 2000);
  },
});

Deno.test({
  name: "a partition is not dropped once there is an older one, whose entries the sweep would pass over",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url, limits });
    await store.append(Array.from({ length: 5 }, (_, at) => messageAt(2 * HOUR + at)));
    await using db = database(url);
    const drop = new Drop(db, new Partitions(db, limits.spanNumbers), limits.droppedEntries);
    const partition = await drop.next();
    await store.append([messageAt(1)]);
    assertEquals(partition && await drop.run(partition), undefined);
    while ((await store.expire(START + 4 * HOUR, 10)).more);
    assertEquals((await store.survey()).entries, 0);
  },
});
