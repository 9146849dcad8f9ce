/**
 * Archives that cannot be opened at the start: messages wait, in order, and are stored when they can be opened, without a
 * restart. `annals_store_open`, `/readyz`, and the end say so.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Annals, type LogLine } from "../support/annals.ts";
import { condition } from "../support/archive.ts";
import { chat } from "../support/handed_over.ts";
import { freePorts } from "../support/ports.ts";
import { ScriptedServer, type ServerStream } from "../support/scripted_server.ts";

interface Stage {
  readonly annals: Annals;
  readonly stream: ServerStream;
  /** Lets the archives be opened. */
  mend(): Promise<void>;
  look(path: string): Promise<{ status: number; body: string }>;
}

/** Annals, whose archives are to be in a folder that a file stands in the way of. */
async function scene(play: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-absent-" });
  await Deno.writeTextFile(`${folder}/data`, "");
  await using server = new ScriptedServer();
  const listen = `127.0.0.1:${freePorts(1)[0]}`;
  const config = {
    max_archive_query_results: 1000,
    storage: { sqlite: { path: `${folder}/data/archive.sqlite` } },
    metrics: { listen },
  };
  await using annals = await Annals.prepare(server.site, { config });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  await play({
    annals,
    stream,
    mend: () => Deno.remove(`${folder}/data`),
    async look(path): Promise<{ status: number; body: string }> {
      const response = await fetch(`http://${listen}${path}`);
      return { status: response.status, body: await response.text() };
    },
  });
  await annals.stop();
  await Deno.remove(folder, { recursive: true });
}

function eventsOf(annals: Annals, event: string): LogLine[] {
  return annals.lines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line));
}

const PREFERENCES = "<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>";

Deno.test("What comes while the archives cannot be opened is stored in order when they can be", async () => {
  await scene(async ({ annals, stream, mend, look }) => {
    const { error } = await annals.event("store-not-open");
    assertMatch(String(error), /data\/archive\.sqlite": a part of its path is a file; give the archive another path/);
    await stream.send(Array.from({ length: 300 }, (_, i) => chat("bob", "alice", `${i}`)).join(""));

    // RFC 6120 §8.3.3: internal-server-error of type wait, so that clients ask again.
    const page = await stream.ask("alice", "set", "<query xmlns='urn:xmpp:mam:2'/>");
    assertEquals([condition(page), page.getChild("error")?.attrs.type], ["internal-server-error", "wait"]);
    const set = await stream.ask("alice", "set", PREFERENCES);
    assertEquals([condition(set), set.getChild("error")?.attrs.type], ["internal-server-error", "wait"]);
    assertEquals(await look("/readyz"), {
      status: 503,
      body: "the archives cannot be opened, or their files were removed or replaced\n",
    });
    assertStringIncludes((await look("/metrics")).body, "annals_store_open 0");
    assertStringIncludes((await look("/")).body, "the archives cannot be opened");

    await mend();
    await annals.event("store-opened");
    await annals.event("decision-recovered");
    const found = (await stream.archive("alice")).map(({ body }) => Number(body));
    assertEquals(found, Array.from({ length: 300 }, (_, i) => i));
    assertEquals(await look("/readyz"), { status: 200, body: "ready\n" });
    assertStringIncludes((await look("/metrics")).body, "annals_store_open 1");
    await annals.stop();
    assertEquals(eventsOf(annals, "stopped").map(({ message }) => message), ["Everything that was accepted is stored"]);
  });
});

Deno.test("What still waits at the end is counted as lost, and the last line says so", async () => {
  await scene(async ({ annals, stream }) => {
    await stream.send(Array.from({ length: 12 }, (_, i) => chat("bob", "alice", `${i}`)).join(""));
    await stream.ask("alice", "set", PREFERENCES);
    await annals.stop();
    const [stopped] = eventsOf(annals, "stopped");
    assertEquals(stopped?.message, "Lost since the start: 12 messages. Everything else is stored");
    assertEquals([stopped?.level, stopped?.lost], ["error", 12]);
    assert(annals.lines.at(-1)?.includes('"event":"stopped"'));
  });
});
