/**
 * A PostgreSQL that fails Annals under load, in each of the ways that one can: what was taken is stored once, in order, when
 * there is a database again; who asks meanwhile is answered; and the stream to the chat server stays as it is.
 *
 * @module
 */
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import type { TomlTable } from "smol-toml";
import { Annals } from "../support/annals.ts";
import { condition } from "../support/archive.ts";
import { chat } from "../support/handed_over.ts";
import { Proxy } from "../support/proxy.ts";
import { ScriptedServer, type ServerStream } from "../support/scripted_server.ts";
import { canBeHad } from "../support/servers/available.ts";
import { PostgresqlServer, sharedPostgresql } from "../support/servers/postgresql.ts";

const available = await canBeHad("PostgreSQL");
const shared = available ? await sharedPostgresql() : undefined;

/** Annals under load. */
interface Scene {
  readonly annals: Annals;
  readonly stream: ServerStream;
  /** Hands over so many messages more. */
  say(count: number): Promise<void>;
  /** Hands over messages until Annals says something, but not more than memory has room for. */
  sayUntil(event: string): Promise<void>;
  /** Checks that all is there, once and in order, and that it was said once that the store failed and that it recovered. */
  isWhole(): Promise<void>;
}

async function scene(postgresql: TomlTable, play: (scene: Scene) => Promise<void>): Promise<void> {
  await using server = new ScriptedServer();
  const config = { storage: { archive2: "postgresql", postgresql: { statement_timeout: 1, ...postgresql } } };
  await using annals = await Annals.prepare(server.site, { config: { max_archive_query_results: 1000, ...config } });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  let said = 0;

  async function say(count: number): Promise<void> {
    await stream.send(Array.from({ length: count }, () => chat("bob", "alice", String(said++))).join(""));
    // Whoever is answered knows that what came before was taken.
    await stream.ask("bob", "get", "<query xmlns='urn:example:unknown'/>");
  }

  function count(event: string): number {
    return annals.lines.filter((line) => line.includes(`"event":"${event}"`)).length;
  }

  await say(100);
  // The preferences of both are known from here on, for a while.
  assertEquals((await stream.archive("alice")).length, 100);
  await play({
    annals,
    stream,
    say,
    async sayUntil(event): Promise<void> {
      const [before, from] = [count(event), annals.lines.length];
      for (let i = 0; i < 200 && count(event) === before; i++) await say(10);
      await annals.event(event, { from, timeout: 60_000 });
    },
    async isWhole(): Promise<void> {
      for (const user of ["alice", "bob"]) {
        const found = (await settled(stream, user)).map(({ body }) => Number(body));
        assertEquals(found, Array.from({ length: said }, (_, index) => index));
      }
      assertEquals(count("store-failed"), count("store-recovered"));
      assertEquals(count("stream-connected"), 1);
    },
  });
}

/** An archive, when all that was handed over is decided about and stored. */
async function settled(stream: ServerStream, user: string): ReturnType<ServerStream["archive"]> {
  for (;;) {
    const { iq } = await stream.page(user, { max: 1 });
    const fin = iq.getChild("fin", "urn:xmpp:mam:2");
    if (fin !== undefined && fin.attrs.stable !== "false") return await stream.archive(user);
  }
}

Deno.test({
  name: "A database that is stopped under load, and its primary killed and its replica promoted: the other is found",
  ignore: !available,
  async fn(): Promise<void> {
    await using primary = await PostgresqlServer.launch();
    const database = await primary.createDatabase();
    await using replica = await primary.replica();
    // What is said to be stored is stored by both.
    await primary.query(database, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await primary.query(database, "SELECT pg_reload_conf()");
    // The replica is the first, and takes no messages.
    const hosts = [replica, primary].map(({ port }) => `127.0.0.1:${port}`).join(",");
    const url = primary.url(database).replace(`127.0.0.1:${primary.port}`, hosts);
    await scene({ url }, async ({ annals, stream, say, sayUntil, isWhole }) => {
      await primary.stop();
      await sayUntil("store-failed");
      const { error } = await annals.event("store-failed");
      assertMatch(String(error), /Cannot append to the archive "127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\/test1"/);
      await primary.start();
      await sayUntil("store-recovered");
      await isWhole();

      const from = annals.lines.length;
      await primary.kill();
      await sayUntil("store-failed");
      const refused = await stream.page("alice");
      assertEquals(condition(refused.iq), "internal-server-error");
      await replica.promote();
      await replica.query(database, "ALTER SYSTEM SET synchronous_standby_names = ''");
      await replica.query(database, "SELECT pg_reload_conf()");
      await say(100);
      await annals.event("store-recovered", { from, timeout: 60_000 });
      await isWhole();
    });
  },
});

Deno.test({
  name: "A replica, where nothing can be written, is not taken for the archives until it is promoted",
  ignore: !available,
  async fn(): Promise<void> {
    await using primary = await PostgresqlServer.launch();
    const database = await primary.createDatabase();
    await scene({ url: primary.url(database) }, ({ isWhole }) => isWhole());
    await using replica = await primary.replica();
    await using server = new ScriptedServer();
    const storage = { archive2: "postgresql", postgresql: { url: replica.url(database) } };
    await using annals = await Annals.prepare(server.site, { config: { storage } });
    annals.spawn();
    const { error } = await annals.event("store-unreachable");
    assertMatch(String(error), /the server takes no writes, as a replica does/);
    await replica.promote();
    const stream = await server.welcome();
    assertEquals((await stream.archive("alice")).length, 100);
  },
});

Deno.test({
  name:
    "A network that stops without a word: who asks gets an error in bounded time, and what was taken is stored once",
  ignore: !available,
  async fn(): Promise<void> {
    if (shared === undefined) return;
    await using proxy = new Proxy(shared.port);
    const url = shared.url(await shared.createDatabase()).replace(`:${shared.port}`, `:${proxy.port}`);
    await scene({ url }, async ({ annals, stream, say, sayUntil, isWhole }) => {
      proxy.freeze();
      await say(100);
      const { iq } = await stream.page("alice");
      assertEquals([condition(iq), iq.getChild("error")?.attrs.type], ["internal-server-error", "wait"]);
      const { error } = await annals.event("store-failed");
      assertMatch(String(error), /the connection was lost|no server answers there in time/);
      proxy.thaw();
      await sayUntil("store-recovered");
      await isWhole();
    });
  },
});

Deno.test({
  name: "Pages that hang, on all connections that read, keep no message from being stored, and come to an end",
  ignore: !available,
  async fn(): Promise<void> {
    if (shared === undefined) return;
    const database = await shared.createDatabase();
    await scene({ url: shared.url(database) }, async ({ stream, say, isWhole }) => {
      const readers = await readersOf(shared, database);
      assertGreater(readers.length, 0);
      for (const pid of readers) Deno.kill(pid, "SIGSTOP");
      try {
        const pages = Array.from({ length: 8 }, () => stream.page("alice"));
        await say(500);
        const written = "SELECT count(*) FROM entry";
        while (Number(await shared.query(database, written)) < 1200);
        const answers = (await Promise.all(pages)).map(({ iq }) => condition(iq));
        // Those that came to connections that hang; others may have found new ones.
        assertGreater(answers.filter((answer) => answer === "internal-server-error").length, 0);
        await isWhole();
      } finally {
        for (const pid of readers) Deno.kill(pid, "SIGCONT");
      }
    });
  },
});

Deno.test({
  name: "A database whose disk is full takes messages again when there is room",
  ignore: !available,
  async fn(): Promise<void> {
    if (shared === undefined) return;
    const database = await shared.createDatabase();
    await scene({ url: shared.url(database) }, async ({ annals, stream, sayUntil, isWhole }) => {
      await shared.query(
        database,
        `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
         $$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$;
         CREATE TRIGGER full_disk BEFORE UPDATE ON archive EXECUTE FUNCTION full_disk()`,
      );
      await sayUntil("store-failed");
      const { error } = await annals.event("store-failed");
      assertMatch(String(error), /the server's disk is full; make room for the server/);
      // What is there can be read.
      const { messages, iq } = await stream.page("alice");
      assertEquals([messages.length, iq.getChild("fin", "urn:xmpp:mam:2")?.attrs.stable], [100, "false"]);
      await shared.query(database, "DROP TRIGGER full_disk ON archive");
      await sayUntil("store-recovered");
      await isWhole();
    });
  },
});

/** The processes of the server that have answered pages to Annals, and nothing else. */
async function readersOf(server: PostgresqlServer, database: string): Promise<number[]> {
  const pids = await server.query(
    database,
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'annals' AND datname = '${database}'
     AND query LIKE 'SELECT %, found.*%'`,
  );
  // No process must be 0, which stands for the tests themselves.
  return pids.split("\n").flatMap((pid) => Number(pid) || []);
}
