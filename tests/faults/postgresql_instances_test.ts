/** Two instances on the same archives, each connected to a server of its own. */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import type { TomlTable } from "smol-toml";
import { Annals } from "../support/annals.ts";
import { chat } from "../support/handed_over.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { canBeHad } from "../support/servers/available.ts";
import { sharedPostgresql } from "../support/servers/postgresql.ts";

const server = await canBeHad("PostgreSQL") ? await sharedPostgresql() : undefined;

/** Messages that are there to be swept, and those that may stay. */
const [MESSAGES, KEPT] = [10_000, 10];

Deno.test({
  name: "A sweep whose process is killed is gone on with by another, a minute later; messages are taken meanwhile",
  ignore: server === undefined,
  async fn(): Promise<void> {
    if (server === undefined) return;
    const name = await server.createDatabase();
    const storage = { archive2: "postgresql", postgresql: { url: server.url(name) } };
    const query = (statement: string) => server.query(name, statement);
    async function holds(statement: string): Promise<void> {
      while (await query(statement) !== "t");
    }

    await using one = await Stage.set({ storage, archive_max_messages: KEPT, archive_cleanup_interval: 1 });
    await holds("SELECT sweeper IS NOT NULL FROM state");
    await one.say(MESSAGES);
    // It has begun and is not through.
    await holds(
      `SELECT sweeper_until > now() AND (SELECT sum(entries) FROM archive) < ${2 * MESSAGES - 1000} FROM state`,
    );
    await one.annals.kill();
    const left = Number(await query("SELECT sum(entries) FROM archive"));
    assertGreater(left, 2 * KEPT);

    await using other = await Stage.set({ storage, archive_max_messages: KEPT, archive_cleanup_interval: 1 });
    await other.annals.event("sweep");
    assertEquals(Number(await query("SELECT sum(entries) FROM archive")), left);
    await other.say(1);
    await query("UPDATE state SET sweeper_until = now() - interval '1 second'");
    await holds(`SELECT max(entries) <= ${KEPT} FROM archive`);
    const bodies = (await other.stream.archive("alice")).map(({ body }) => body);
    assertEquals([bodies.length, bodies.at(-1)], [KEPT, "0"]);
  },
});

/** Ten seconds take half a second. */
const FAST = {
  NODE_OPTIONS: `--require ${new URL("../support/fast_clock.cjs", import.meta.url).pathname}`,
  ANNALS_SPEED: "20",
};

Deno.test({
  name: "What a user tells one instance to keep, another that has gone by something else goes by soon after",
  ignore: server === undefined,
  async fn(): Promise<void> {
    if (server === undefined) return;
    const storage = { archive2: "postgresql", postgresql: { url: server.url(await server.createDatabase()) } };
    await using one = await Stage.set({ storage, max_archive_query_results: 1000 }, FAST);
    await using other = await Stage.set({ storage, max_archive_query_results: 1000 }, FAST);
    await other.say(1);
    const held = async (): Promise<number> => (await other.stream.archive("alice")).length;
    assertEquals(await held(), 1);
    await one.stream.ask("alice", "set", "<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>");
    let [before, after] = [0, 1];
    for (let tries = 0; after > before; tries++) {
      assertLess(tries, 1000);
      before = after;
      await other.say(1);
      after = await held();
    }
  },
});

/** An instance, and the server that it is connected to. */
class Stage implements AsyncDisposable {
  private constructor(
    readonly server: ScriptedServer,
    readonly annals: Annals,
    readonly stream: Awaited<ReturnType<ScriptedServer["welcome"]>>,
  ) {}

  static async set(config: TomlTable, env: Record<string, string> = {}): Promise<Stage> {
    const server = new ScriptedServer();
    const annals = await Annals.prepare(server.site, { config, env });
    annals.spawn();
    const stream = await server.welcome();
    await annals.inService();
    return new Stage(server, annals, stream);
  }

  /** Hands over so many messages. */
  async say(count: number): Promise<void> {
    await this.stream.send(Array.from({ length: count }, (_, index) => chat("bob", "alice", String(index))).join(""));
    await this.stream.page("alice", { max: 1 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.annals[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}
