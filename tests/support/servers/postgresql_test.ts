import { assertEquals, assertRejects } from "@std/assert";
import { canBeHad } from "./available.ts";
import { PostgresqlServer, sharedPostgresql } from "./postgresql.ts";
import { run } from "./postgresql_tools.ts";

const ignore = !await canBeHad("PostgreSQL");
const shared = ignore ? undefined : await sharedPostgresql();

Deno.test({
  name: "a database is empty, and apart from the others of its server",
  ignore,
  async fn(): Promise<void> {
    if (shared === undefined) return;
    const [one, other] = [await shared.createDatabase(), await shared.createDatabase()];
    await shared.query(one, "CREATE TABLE things (name text)");
    assertEquals(await shared.query(one, "SELECT count(*) FROM things"), "0");
    await assertRejects(() => shared.query(other, "SELECT count(*) FROM things"), Error, "does not exist");
  },
});

Deno.test({
  name: "what was committed is there after a stop and after a crash",
  ignore,
  async fn(): Promise<void> {
    await using server = await PostgresqlServer.launch({ durable: true });
    const database = await server.createDatabase();
    await server.query(database, "CREATE TABLE things AS SELECT 'ring' AS name");
    await server.stop();
    await server.start();
    await server.query(database, "INSERT INTO things VALUES ('dagger')");
    await server.kill();
    await assertRejects(() => server.query(database, "SELECT 1"), Error, "Is the server running");
    await server.start();
    assertEquals(await server.query(database, "SELECT name FROM things"), "ring\ndagger");
  },
});

Deno.test({
  name: "a replica follows, refuses to be written to, and is a server of its own once it is promoted",
  ignore,
  async fn(): Promise<void> {
    await using server = await PostgresqlServer.launch();
    const database = await server.createDatabase();
    await using replica = await server.replica();
    await server.query(database, "CREATE TABLE things AS SELECT 'ring' AS name");
    const written = await server.query(database, "SELECT pg_current_wal_lsn()");
    await replica.reaches(written);
    assertEquals(await replica.query(database, "SELECT name FROM things"), "ring");
    await assertRejects(() => replica.query(database, "DELETE FROM things"), Error, "read-only");
    await replica.promote();
    await replica.query(database, "DELETE FROM things");
    assertEquals(await server.query(database, "SELECT name FROM things"), "ring");
  },
});

Deno.test({
  name: "nothing is left of a server that was killed: no folder, no process, no shared memory",
  ignore,
  async fn(): Promise<void> {
    const before = await run(["ipcs", "--shmems"], "/");
    const server = await PostgresqlServer.launch();
    const { folder } = server;
    await server.kill();
    await server[Symbol.asyncDispose]();
    await assertRejects(() => Deno.lstat(folder), Deno.errors.NotFound);
    await assertRejects(() => Deno.connect({ port: server.port }), Deno.errors.ConnectionRefused);
    assertEquals(await run(["ipcs", "--shmems"], "/"), before);
  },
});
