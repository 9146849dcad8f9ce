/**
 * A PostgreSQL that comes, goes and comes back while Annals keeps archives there.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { TomlTable } from "smol-toml";
import { Annals } from "../support/annals.ts";
import { condition } from "../support/archive.ts";
import { chat } from "../support/handed_over.ts";
import { ScriptedServer, type ServerStream } from "../support/scripted_server.ts";
import { canBeHad } from "../support/servers/available.ts";
import { PostgresqlServer } from "../support/servers/postgresql.ts";

const ignore = !await canBeHad("PostgreSQL");

function archivesIn(database: PostgresqlServer, more: TomlTable = {}): TomlTable {
  return { storage: { archive2: "postgresql", postgresql: { url: database.url(), ...more } } };
}

async function say(stream: ServerStream, ...bodies: readonly string[]): Promise<void> {
  await stream.send(bodies.map((body) => chat("bob", "alice", body)).join(""));
}

async function found(stream: ServerStream, user = "alice"): Promise<(string | null)[]> {
  return (await stream.archive(user)).map(({ body }) => body);
}

Deno.test({
  name: "Annals that is started before its database is in service when that is up, or ends when it is told to",
  ignore,
  async fn(): Promise<void> {
    await using database = await PostgresqlServer.launch();
    await database.stop();
    await using server = new ScriptedServer();
    await using annals = await Annals.prepare(server.site, { config: archivesIn(database) });
    annals.spawn();
    const { error } = await annals.event("store-unreachable");
    assertMatch(String(error), /no server answers there; start the server, or correct its URL/);
    assertEquals((await annals.stop()).code, 0);

    annals.spawn();
    await annals.event("store-unreachable");
    await database.start();
    const stream = await server.welcome();
    await annals.inService();
    await say(stream, "one");
    assertEquals(await found(stream), ["one"]);
    assertEquals(annals.lines.filter((line) => line.includes(":pw")), []);
  },
});

Deno.test({
  name:
    "What is sent while the database is down waits, and is stored in order when it is back; who asks is told to try again",
  ignore,
  async fn(): Promise<void> {
    await using database = await PostgresqlServer.launch({ durable: true });
    await using server = new ScriptedServer();
    await using annals = await Annals.prepare(server.site, { config: archivesIn(database) });
    annals.spawn();
    const stream = await server.welcome();
    await annals.inService();
    await say(stream, "before");
    assertEquals(await found(stream), ["before"]);

    await database.kill();
    await say(stream, "one", "two");
    // What nurse wants kept nobody has asked yet.
    await stream.send(chat("nurse", "alice", "three"));
    await annals.event("store-failed");
    await annals.event("decision-failed");
    const refused = await stream.ask("alice", "set", "<prefs xmlns='urn:xmpp:mam:2' default='never'/>");
    assertEquals(condition(refused), "internal-server-error");
    await stream.send(chat("bob", "alice", "four"));
    await database.start();
    for (const event of ["store-recovered", "decision-recovered"]) await annals.event(event);
    assertEquals(await found(stream), ["before", "one", "two", "three", "four"]);
    assertEquals(await found(stream, "nurse"), ["three"]);
  },
});
