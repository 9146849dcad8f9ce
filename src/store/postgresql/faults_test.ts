/** Failures of the database and of the network: nothing that was acknowledged is lost, nothing is doubled. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import type { ArchiveStore, NewMessage } from "../archive.ts";
import { ArchiveStoreError } from "../error.ts";
import {
  conversationAt,
  idAt,
  messageAt,
  pageOf,
  ROMEO,
  START,
  tenEntries,
} from "../../../tests/support/store/messages.ts";
import { database, emptySchema, server } from "../../../tests/support/store/postgresql.ts";
import { Wire } from "../../../tests/support/store/wire.ts";
import { openPostgresqlStore } from "./mod.ts";

const ignore = server === undefined;

/** Appends as group commit does: until it is said to be kept. */
async function persist(store: ArchiveStore, batch: readonly NewMessage[]): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return void await store.append(batch);
    } catch (error) {
      if (attempt === 200 || !(error instanceof ArchiveStoreError)) throw error;
    }
  }
}

/** The same URL by another port. */
function by({ port }: { readonly port: number }, url: string): string {
  return url.replace(/:\d+\//, `:${port}/`);
}

Deno.test({
  name: "a batch is kept once when the wire is cut right after its COMMIT, also where its ids were overtaken",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    using wire = new Wire(server?.port ?? 0);
    await using one = await openPostgresqlStore({ url });
    await using other = await openPostgresqlStore({ url: by(wire, url) });
    await other.append([messageAt(50)]);
    const batch = [10, 20, 60].map((at): NewMessage => {
      const { entries, ...message } = messageAt(at);
      return { ...message, entries: entries.map((entry) => ({ ...entry, provisional: true })) };
    });
    // The first belongs to what found that others were faster.
    wire.cutBefore(/COMMIT/, 2);
    await assertRejects(() => other.append(batch), ArchiveStoreError, "the connection was lost");
    assertEquals(wire.cuts, 1);
    assertEquals((await pageOf(one, {})).at, [50, 10, 20, 60]);
    await persist(other, batch);
    assertEquals((await pageOf(one, {})).at, [50, 10, 20, 60]);
    assertEquals(await one.count(ROMEO, {}), 4);
  },
});

/** Messages of a conversation of which clients know nothing yet, and whose copies other processes may have. */
function unannounced(at: readonly number[]): NewMessage[] {
  return at.map(conversationAt).map(({ entries, time, stanza }) => ({
    time,
    stanza,
    copy: { digest: stanza, until: time + 60 },
    entries: entries.map((entry) => ({ ...entry, provisional: true })),
  }));
}

const BATCHES = [{ name: "that follows what there is", at: [60, 70] }, { name: "that others overtook", at: [2, 3] }];

for (const { name, at } of BATCHES) {
  Deno.test({
    name:
      `a batch ${name} is kept whole or not at all, whatever answer the wire is cut before, and once when it is sent again`,
    ignore,
    async fn(): Promise<void> {
      let count = 0;
      for (let cut = true; cut; count++) {
        const url = await emptySchema();
        using wire = new Wire(server?.port ?? 0);
        await using store = await openPostgresqlStore({ url: by(wire, url) });
        await store.append([conversationAt(50)]);
        wire.cutBefore(/[^]/, count + 1);
        cut = await store.append(unannounced(at)).then(() => false, () => true);
        wire.cutBefore(/[^]/, Infinity);
        const kept = await store.count(ROMEO, {});
        assert(kept === 3 || cut && kept === 1, `${kept} are kept`);
        await persist(store, unannounced(at));
        assertEquals((await pageOf(store, {})).at, [50, ...at]);
        assertEquals((await store.survey()).entries, 6);
      }
      assert(count > 1, "the wire was never cut");
    },
  });
}

Deno.test({
  name: "a server that has gone without a word is noticed, and done without until it is back",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    using wire = new Wire(server?.port ?? 0);
    await using store = await openPostgresqlStore({ url: by(wire, url), statementTimeout: 100 });
    await store.append([messageAt(1)]);
    wire.mute();
    await assertRejects(() => store.append([messageAt(2)]), ArchiveStoreError, "the connection was lost");
    wire.unmute();
    await persist(store, [messageAt(2)]);
    assertEquals((await pageOf(store, {})).at, [1, 2]);
  },
});

Deno.test({
  name: "messages are kept while all connections for reading are taken up by slow pages",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url, readConnections: 1 });
    await store.append([messageAt(1)]);
    await using db = database(url);
    let page: Promise<unknown> = Promise.resolve();
    await db.transaction(async (queries) => {
      // As slow as can be: it waits for a table that somebody else has locked.
      await queries.query("LOCK TABLE tally IN ACCESS EXCLUSIVE MODE");
      page = store.chronicle();
      await store.append([messageAt(2)]);
    });
    await page;
    assertEquals((await pageOf(store, {})).at, [1, 2]);
  },
});

Deno.test({
  name: "a sweep that is cut off at any statement leaves no gap and no wrong count, and goes on",
  ignore,
  async fn(): Promise<void> {
    for (const last of [/SELECT \d/, /UPDATE \d/, /COMMIT/]) {
      const url = await emptySchema();
      using wire = new Wire(server?.port ?? 0);
      await using store = await openPostgresqlStore({ url: by(wire, url) });
      await using other = await openPostgresqlStore({ url });
      await store.append(tenEntries());
      await store.expire(START, 3);
      wire.cutBefore(last);
      await assertRejects(() => store.expire(START + 60, 3), ArchiveStoreError);
      assertEquals(wire.cuts, 1, String(last));
      const { at, count } = await pageOf(other, {});
      assertEquals([at.length, at.at(-1)], [count, 90]);
      while ((await store.expire(START + 60, 3).catch(() => ({ more: true }))).more);
      assertEquals(await pageOf(other, {}), { at: [60, 70, 80, 90], complete: true, count: 4, index: 0 });
    }
  },
});

Deno.test({
  name: "what was acknowledged is there after the database was killed, and messages go on when it is back",
  ignore,
  async fn(): Promise<void> {
    await using primary = await PostgresqlServer.launch({ durable: true });
    const name = await primary.createDatabase();
    await using store = await openPostgresqlStore({ url: primary.url(name) });
    await store.append([conversationAt(1)]);
    await primary.kill();
    await assertRejects(() => store.append([conversationAt(2)]), ArchiveStoreError);
    await assertRejects(() => store.page(ROMEO, {}, { max: 10 }), ArchiveStoreError);
    await primary.start();
    await persist(store, [conversationAt(2)]);
    assertEquals((await pageOf(store, {})).at, [1, 2]);
    assertEquals((await store.survey()).entries, 4);
  },
});

Deno.test({
  name: "when the primary is gone and a replica takes over, the store finds it by the same URL",
  ignore,
  async fn(): Promise<void> {
    await using primary = await PostgresqlServer.launch();
    const name = await primary.createDatabase();
    await using replica = await primary.replica();
    const url = primary.url(name).replace("127.0.0.1:", `127.0.0.1:${replica.port},127.0.0.1:`);
    await using store = await openPostgresqlStore({ url });
    await store.append([messageAt(1)]);
    await replica.reaches(await primary.query(name, "SELECT pg_current_wal_lsn()"));
    await primary.kill();
    await assertRejects(() => store.append([messageAt(2)]), ArchiveStoreError);
    await replica.promote();
    await persist(store, [messageAt(2)]);
    assertEquals((await pageOf(store, {})).at, [1, 2]);
  },
});

Deno.test({
  name:
    "a replica answers what it has in full, the primary what it has not, and a replica alone says so (XEP-0313 §Requesting pages)",
  ignore,
  async fn(): Promise<void> {
    await using primary = await PostgresqlServer.launch();
    const name = await primary.createDatabase();
    await using replica = await primary.replica();
    await using store = await openPostgresqlStore({ url: primary.url(name), replicaUrls: [replica.url(name)] });
    await store.append([messageAt(1)]);
    await replica.reaches(await primary.query(name, "SELECT pg_current_wal_lsn()"));
    const asked = () => replica.query(name, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%found.*%'");
    assertEquals(await pageOf(store, {}), { at: [1], complete: true, count: 1, index: 0 });
    assert(Number(await asked()) > 1);
    await replica.query(name, "SELECT pg_wal_replay_pause()");
    await store.append([messageAt(2)]);
    assertEquals((await pageOf(store, {}, { before: "" })).at, [1, 2]);
    assertEquals(await store.count(ROMEO, {}), 2);
    await primary.kill();
    assertEquals(await pageOf(store, {}), { at: [1], complete: true, count: 1, index: 0, stable: false });
    assertEquals(store.newestNumber, idAt(2).number);
  },
});
