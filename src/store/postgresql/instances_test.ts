/** Several processes on one archive, each with a store of its own. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { ArchiveStore, NewMessage } from "../archive.ts";
import { ArchiveStoreError } from "../error.ts";
import { type ArchiveId, createIdGenerator, formatArchiveId } from "../id.ts";
import {
  conversationAt,
  idAt,
  JULIET,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
  tenEntries,
  textAt,
} from "../../../tests/support/store/messages.ts";
import { database, emptySchema, server } from "../../../tests/support/store/postgresql.ts";
import { forgetOwner } from "./forget.ts";
import { openPostgresqlReader, openPostgresqlStore } from "./mod.ts";

const ignore = server === undefined;

/** So many stores on one empty database. */
async function stores(count: number): Promise<AsyncDisposableStack & { readonly stores: readonly ArchiveStore[] }> {
  const url = await emptySchema();
  const opened = new AsyncDisposableStack();
  const stores = await Promise.all(Array.from({ length: count }, () => openPostgresqlStore({ url })));
  for (const store of stores) opened.use(store);
  return Object.assign(opened, { stores });
}

/** A message of Romeo's whose id nobody has been told. */
function unannounced(id: ArchiveId, word: number): NewMessage {
  const { entries: [entry], ...message } = messageAt(word);
  return { ...message, entries: entry === undefined ? [] : [{ ...entry, id, provisional: true }] };
}

Deno.test({
  name: "two stores may make the same empty database at once, as often as they like",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(6);
    await Promise.all(opened.stores.map((store, index) => store.append([conversationAt(index)])));
    for (const store of opened.stores) assertEquals((await pageOf(store, {})).at, [0, 1, 2, 3, 4, 5]);
  },
});

Deno.test({
  name: "an id that another process has overtaken moves behind the others, so that who pages on misses nothing",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(2);
    const [one, other] = opened.stores;
    if (one === undefined || other === undefined) return;
    await one.append([unannounced(idAt(20), 20)]);
    await other.append([unannounced(idAt(10), 10), unannounced(idAt(30), 30)]);
    assertEquals((await pageOf(one, {})).at, [20, 10, 30]);
    assertEquals((await pageOf(one, {}, { after: textAt(20) })).at, [10, 30]);
    // The time of receipt stays what it was.
    assertEquals((await pageOf(one, { end: START + 10 })).at, [10]);
  },
});

Deno.test({
  name: "an id that clients have been told stays as it is, however late it comes",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(2);
    const [one, other] = opened.stores;
    await one?.append([messageAt(20)]);
    await other?.append([messageAt(10)]);
    assertEquals(one && (await pageOf(one, {}, { after: textAt(10) })).at, [20]);
  },
});

Deno.test({
  name: "an id that clients have been told is kept though another entry has its number, and names its own entry",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(2);
    const [one, other] = opened.stores;
    if (one === undefined || other === undefined) return;
    await one.append([unannounced(idAt(20), 20)]);
    const told = (word: number, { number }: ArchiveId): NewMessage => {
      const { entries: [entry], ...message } = messageAt(word);
      return { ...message, entries: entry === undefined ? [] : [{ ...entry, id: { number, random: 7n } }] };
    };
    // The second takes the number that the first of the batch is given.
    const batch = [unannounced(idAt(10), 10), told(21, idAt(20, 1)), told(22, idAt(20))];
    for (const store of [other, one]) await store.append(batch);
    assertEquals((await pageOf(one, {})).at, [20, 10, 21, 22]);
    assertEquals(await one.count(ROMEO, {}), 4);
    for (const [id, at] of [[idAt(20, 1), [22]], [idAt(20), []]] as const) {
      assertEquals((await pageOf(one, {}, { after: formatArchiveId({ ...id, random: 7n }) })).at, at);
    }
  },
});

Deno.test({
  name: "a batch that is sent again adds nothing, wherever its entries have gone",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(2);
    const [one, other] = opened.stores;
    if (one === undefined || other === undefined) return;
    await one.append([unannounced(idAt(20), 20)]);
    const batch = [unannounced(idAt(10), 10), unannounced(idAt(15), 15), unannounced(idAt(30), 30)];
    for (const store of [other, other, one]) await store.append(batch);
    assertEquals((await pageOf(one, {})).at, [20, 10, 15, 30]);
    assertEquals(await one.count(ROMEO, {}), 4);
  },
});

Deno.test({
  name:
    "who pages on from the newest entry misses nothing and gets nothing twice, whatever other processes add meanwhile",
  ignore,
  async fn(): Promise<void> {
    const anyClocks = fc.array(fc.tuple(fc.nat(1), fc.nat(5), fc.integer({ min: 1, max: 4 })), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(anyClocks, async (turns) => {
        await using opened = await stores(2);
        const [one] = opened.stores;
        if (one === undefined) return;
        // The second process's clock is behind.
        const time = [START + 1000, START];
        const nextIds = time.map((_, process) => createIdGenerator({ newest: 0, clock: () => time[process] ?? 0 }));
        let word = 0;
        let seen: number[] = [];
        let after: string | undefined;
        for (const [process, passed, count] of turns) {
          time[process] = (time[process] ?? 0) + passed;
          await opened.stores[process]?.append(Array.from({ length: count }, () => (
            unannounced(nextIds[process]?.() ?? idAt(0), word++)
          )));
          const page = await one.page(ROMEO, {}, { max: 100, ...after !== undefined && { after } });
          if ("unknown" in page) throw new Error(`The id ${page.unknown} is gone`);
          seen = [...seen, ...page.entries.map(({ stanza }) => Number(/\d+/.exec(stanza)))];
          after = page.entries.at(-1)?.id ?? after;
        }
        assertEquals(seen, Array.from({ length: word }, (_, index) => index));
      }),
      { numRuns: 15 },
    );
  },
});

Deno.test({
  name: "processes that add to the same archives at once get in nobody's way, and every entry is kept once",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(4);
    await Promise.all(opened.stores.map(async (store, process) => {
      for (let at = 0; at < 20; at++) {
        const random = BigInt(process);
        const { time, stanza, entries } = conversationAt(at);
        const own = entries.map((entry) => ({ ...entry, id: { ...entry.id, random }, provisional: true as const }));
        await store.append([{ time, stanza, entries: at % 2 === 0 ? own : own.toReversed() }]);
      }
    }));
    for (const archive of [ROMEO, JULIET]) {
      const entries = await Array.fromAsync(opened.stores[0]?.entries(archive) ?? []);
      assertEquals(entries.length, 80);
      assertEquals(new Set(entries.map(({ id }) => id)).size, 80);
    }
  },
});

Deno.test({
  name: "a copy that another process was given first is left out, until its time is over; a process knows its own",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(2);
    const [one, other] = opened.stores;
    if (one === undefined || other === undefined) return;
    const copied = (at: number, digest = "d"): NewMessage => ({
      ...messageAt(at),
      copy: { digest, until: START + 60 },
    });
    await Promise.all([one.append([copied(1)]), other.append([copied(2)])]);
    const first = (await pageOf(one, {})).at;
    assertEquals(first.length, 1);
    const [winner, loser] = first[0] === 1 ? [one, other] : [other, one];
    await loser.append([copied(3), copied(4, "e"), messageAt(5)]);
    assertEquals((await pageOf(one, {})).at, [...first, 4, 5]);
    // It has seen all copies of the one before: this is another message.
    await winner.append([copied(6)]);
    await loser.append([{ ...messageAt(61), copy: { digest: "d", until: START + 120 } }]);
    assertEquals((await pageOf(one, {})).at, [...first, 4, 5, 6, 61]);
  },
});

Deno.test({
  name: "one process sweeps at a time, and another goes on when it has given up or gone",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using one = await openPostgresqlStore({ url });
    await using other = await openPostgresqlStore({ url });
    await one.append(tenEntries());
    assertEquals(await one.expire(START + 50, 2), { entries: 2, more: true });
    assertEquals(await other.expire(START + 50, 2), { entries: 0, more: false });
    assertEquals(await other.trim(1, 2), { entries: 0, more: false });
    // As if it had been killed a minute ago.
    await using db = database(url);
    await db.query("UPDATE state SET sweeper_until = now() - interval '1 second'");
    assertEquals(await other.expire(START + 50, 2), { entries: 2, more: true });
    assertEquals(await one.expire(START + 50, 2), { entries: 0, more: false });
    while ((await other.expire(START + 50, 2)).more);
    assertEquals(await one.expire(START + 90, 10), { entries: 4, more: false });
  },
});

Deno.test({
  name: "adding goes on where another process has dropped the partition, or forgotten the owner",
  ignore,
  async fn(): Promise<void> {
    await using opened = await stores(2);
    const [one, other] = opened.stores;
    if (one === undefined || other === undefined) return;
    await one.append([messageAt(1)]);
    while ((await other.expire(Infinity, 10)).more);
    await other.deleteArchive(ROMEO);
    await one.append([messageAt(2)]);
    assertEquals((await pageOf(other, {})).at, [2]);
  },
});

Deno.test({
  name: "an owner is forgotten in steps of which the last one is known: what comes in after it stays",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url });
    await using db = database(url);
    const step = () => db.transaction((queries) => forgetOwner(queries, ROMEO));
    await store.append(Array.from({ length: 1500 }, (_, at) => messageAt(at)));
    assertEquals([await step(), await step()], [{ entries: 1000, more: true }, { entries: 500, more: false }]);
    assertEquals(await step(), { entries: 0, more: false });
  },
});

Deno.test({
  name: "setting preferences again and again uses up no numbers of archives",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url });
    for (const always of [[], [JULIET], [NURSE]]) {
      await store.setPreferences(ROMEO, { default: "always", always, never: [] });
      assertEquals(await store.preferences(ROMEO), { default: "always", always, never: [] });
    }
    await store.append([messageAt(1, { archive: JULIET })]);
    await using db = database(url);
    assertEquals(await db.query("SELECT max(id) AS most FROM archive"), [{ most: 2 }]);
  },
});

Deno.test({
  name: "a database of a newer program is refused, and one without an archive by whoever only reads",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await assertRejects(() => openPostgresqlReader({ url }), ArchiveStoreError, "there is no archive in this database");
    await (await openPostgresqlStore({ url }))[Symbol.asyncDispose]();
    await using db = database(url);
    await db.query("UPDATE version SET number = 99");
    for (const open of [openPostgresqlStore, openPostgresqlReader]) {
      await assertRejects(() => open({ url }), ArchiveStoreError, "its schema has version 99");
    }
  },
});

Deno.test({
  name: "a database that cannot hold every character is refused: a message would block all that follow",
  ignore,
  async fn(): Promise<void> {
    await server?.query("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    const opening = openPostgresqlStore({ url: server?.url("latin") ?? "" });
    await assertRejects(() => opening, ArchiveStoreError, "its encoding is LATIN1, expected UTF8");
  },
});

Deno.test({
  name: "a reader beside the stores sees what they have, and what they add",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url });
    await store.append(tenEntries());
    await store.noteSweep(START);
    await using reader = await openPostgresqlReader({ url });
    assertEquals([reader.sweptAt, reader.newestNumber], [START, idAt(90).number]);
    await store.append([conversationAt(100)]);
    assertEquals(await pageOf(reader as ArchiveStore, {}), await pageOf(store, {}));
    assertEquals(await reader.survey(), await store.survey());
    assertEquals((await reader.extent(JULIET))?.last.id, formatArchiveId(idAt(100, 1)));
  },
});
