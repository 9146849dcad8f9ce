import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { canBeHad } from "../../../../tests/support/servers/available.ts";
import { PostgresqlServer } from "../../../../tests/support/servers/postgresql.ts";
import { ArchiveStoreError } from "../../error.ts";
import { isPassing } from "./passing.ts";
import { openPostgresqlStore, type PostgresqlOptions } from "../mod.ts";

Deno.test({
  name:
    "A server that speaks TLS is taken at its word, or for whom it is vouched for, as the URL and the certificates say",
  ignore: !await canBeHad("PostgreSQL"),
  async fn(): Promise<void> {
    await using server = await PostgresqlServer.launch({ tls: true });
    const url = server.url();
    const byName = url.replace("127.0.0.1", "localhost");
    const ca = await Deno.readTextFile(`${server.folder}/certificate`);

    async function encrypted(options: PostgresqlOptions): Promise<string> {
      await using _store = await openPostgresqlStore(options);
      return await server.query(
        "postgres",
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'annals'",
      );
    }
    assertEquals(await encrypted({ url }), "f");
    assertEquals(await encrypted({ url: `${url}?sslmode=require` }), "t");
    assertEquals(await encrypted({ url, ca }), "t");
    assertEquals(await encrypted({ url: `${byName}?sslmode=verify-full`, ca }), "t");

    const unknown = () => encrypted({ url: `${byName}?sslmode=verify-full` });
    assertMatch((await assertRejects(unknown, ArchiveStoreError)).message, /certificate/i);
    await using other = await PostgresqlServer.launch({ tls: true });
    const another = () => encrypted({ url: other.url(), ca });
    assertMatch((await assertRejects(another, ArchiveStoreError)).message, /certificate/i);
    await using plain = await PostgresqlServer.launch();
    for (const options of [{ url: plain.url(), ca }, { url: `${plain.url()}?sslmode=require` }]) {
      const error = await assertRejects(() => encrypted(options), ArchiveStoreError, "the server speaks no TLS");
      assertEquals(isPassing(error), false);
    }
    assertEquals(await encrypted({ url: `${plain.url()}?sslmode=prefer` }), "");
  },
});
