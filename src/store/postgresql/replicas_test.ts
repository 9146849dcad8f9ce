/** Pages when a replica is behind, gone or no replica. */
import { assertEquals } from "@std/assert";
import { conversationAt, messageAt, pageOf } from "../../../tests/support/store/messages.ts";
import { database, emptySchema, server } from "../../../tests/support/store/postgresql.ts";
import { openPostgresqlStore } from "./mod.ts";

const ignore = server === undefined;

Deno.test({
  name: "a replica that does not answer is left alone for a while, so that one page waits for it and not all",
  ignore,
  async fn(): Promise<void> {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = await emptySchema();
    const replicaUrl = url.replace(/:\d+\//, `:${silent.addr.port}/`);
    await using store = await openPostgresqlStore({ url, replicaUrls: [replicaUrl] });
    await using callers = new AsyncDisposableStack();
    let calls = 0;
    const answering = (async () => {
      for await (const caller of silent) {
        calls++;
        callers.defer(() => caller.close());
      }
    })();
    callers.defer(async () => {
      silent.close();
      await answering;
    });
    await store.append([messageAt(1)]);
    for (let pages = 0; pages < 3; pages++) assertEquals((await pageOf(store, {})).at, [1]);
    assertEquals(calls, 1);
  },
});

Deno.test({
  name: "a page that a replica fails to answer is answered by the primary",
  ignore,
  async fn(): Promise<void> {
    const [url, replicaUrl] = [await emptySchema(), await emptySchema()];
    await using replica = await openPostgresqlStore({ url: replicaUrl });
    await using store = await openPostgresqlStore({ url, replicaUrls: [replicaUrl] });
    for (const each of [replica, store]) await each.append([messageAt(1)]);
    await using db = database(replicaUrl);
    await db.query("ALTER TABLE entry RENAME TO gone");
    assertEquals(await pageOf(store, {}), { at: [1], complete: true, count: 1, index: 0 });
  },
});

Deno.test({
  name: "a database that is no replica is not asked, though it has archives of the same owners",
  ignore,
  async fn(): Promise<void> {
    const [url, otherUrl] = [await emptySchema(), await emptySchema()];
    await using other = await openPostgresqlStore({ url: otherUrl });
    await using store = await openPostgresqlStore({ url, replicaUrls: [otherUrl] });
    await other.append([conversationAt(1)]);
    await store.append([conversationAt(2)]);
    assertEquals((await pageOf(store, {})).at, [2]);
  },
});
