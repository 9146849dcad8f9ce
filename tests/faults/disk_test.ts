/**
 * Disks that take nothing any more, in the middle of the work: what cannot be stored waits, and is stored when it can be.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Annals, type LogLine } from "../support/annals.ts";
import { condition } from "../support/archive.ts";
import { available, Drive, SmallDisk } from "../support/disk.ts";
import { chat } from "../support/handed_over.ts";
import { peakMemory } from "../support/peak_memory.ts";
import { print } from "../support/random.ts";
import { ScriptedServer, type ServerStream } from "../support/scripted_server.ts";

const MIB = 1024 * 1024;
/** While all wait that may: some 30,000 messages of 1 KB. */
const MOST_MEMORY = 320 * MIB;
const ignoreSmall = !await available(() => SmallDisk.mount(1));
const ignoreDrive = !await available(() => Drive.make(16));

interface Stage {
  readonly annals: Annals;
  readonly stream: ServerStream;
  /** Hands over messages to alice, numbered on, until Annals has logged an event; says how many there were so far. */
  sendUntil(event: string): Promise<number>;
  /** Hands over so many messages to alice. */
  send(count: number): Promise<number>;
}

/** Annals, its archive on a certain disk. */
async function scene(folder: string, play: (stage: Stage) => Promise<void>): Promise<void> {
  await using server = new ScriptedServer();
  const config = { max_archive_query_results: 1000, storage: { sqlite: { path: `${folder}/archive.sqlite` } } };
  await using annals = await Annals.prepare(server.site, { config });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  const filler = "x".repeat(1000);
  let sent = 0;

  async function send(count: number): Promise<number> {
    await stream.send(Array.from({ length: count }, () => chat("bob", "alice", `${sent++} ${filler}`)).join(""));
    // Whoever is answered knows that what came before was taken.
    await stream.ask("carol", "get", "<prefs xmlns='urn:xmpp:mam:2'/>");
    return sent;
  }

  async function sendUntil(event: string): Promise<number> {
    while (events(annals, event).length === 0) await send(10);
    return sent;
  }

  await play({ annals, stream, send, sendUntil });
}

/** The numbers of the messages that alice finds. */
async function found(stream: ServerStream): Promise<number[]> {
  return (await stream.archive("alice")).map(({ body }) => Number(body?.split(" ")[0]));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function events(annals: Annals, event: string): LogLine[] {
  return annals.lines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line));
}

Deno.test({
  name: "What does not fit on a full disk waits, and is stored in order when there is room",
  ignore: ignoreSmall,
  async fn(): Promise<void> {
    await using disk = await SmallDisk.mount(2);
    await scene(disk.folder, async ({ annals, stream, send, sendUntil }) => {
      await sendUntil("store-failed");
      const sent = await send(300);
      const page = await stream.page("alice", { max: 1000 });
      assertEquals(page.iq.getChild("fin")?.attrs.stable, "false");
      assertLess(page.messages.length, sent);
      await disk.resize(64);
      await annals.event("store-recovered");
      assertEquals(await found(stream), numbers(sent));
      const [complaint, ...others] = events(annals, "store-failed");
      assertMatch(String(complaint?.error), /the disk is full; free some space/);
      assertEquals(others, []);
    });
  },
});

Deno.test({
  name: "What does not fit in memory while the disk is full is lost, counted and logged; memory is bounded",
  ignore: ignoreSmall,
  async fn(): Promise<void> {
    await using disk = await SmallDisk.mount(2);
    await scene(disk.folder, async ({ annals, stream, send, sendUntil }) => {
      await sendUntil("store-failed");
      // Twice as many as may wait.
      let sent = 0;
      for (let burst = 0; burst < 15; burst++) sent = await send(4000);
      const peak = await peakMemory(annals.pid);
      print(`Memory at most: ${Math.round(peak / MIB)} MiB, after ${sent} messages of 1 KB`);
      assertLess(peak, MOST_MEMORY);
      await disk.resize(256);
      await annals.event("store-recovered");
      const kept = await found(stream);
      assertEquals(kept, numbers(kept.length));
      await annals.stop();
      const losses = events(annals, "messages-lost");
      assertEquals(losses.at(-1)?.lost_so_far, sent - kept.length);
      // A disk that is full may be the one that the log is on.
      assertLess(losses.length, 20);
    });
  },
});

Deno.test({
  name: "On a file system that turns read-only, what was stored can be read; what waits at the end is counted as lost",
  ignore: ignoreDrive,
  async fn(): Promise<void> {
    await using drive = await Drive.make(32);
    await scene(drive.folder, async ({ annals, stream, send, sendUntil }) => {
      const before = await send(100);
      await drive.breakDown();
      const sent = await sendUntil("store-failed");
      assert(sent > before);
      assertEquals(await found(stream), numbers(before));
      await annals.stop();
      assertEquals(events(annals, "store-failed").length, 1);
      assertEquals(events(annals, "messages-lost").at(-1)?.lost_so_far, sent - before);
    });
  },
});

Deno.test("What another program keeps from being written waits, and is stored when that program ends", async () => {
  const folder = await Deno.makeTempDir({ prefix: "annals-locked-" });
  await scene(folder, async ({ annals, stream, send, sendUntil }) => {
    await send(10);
    const other = new DatabaseSync(`${folder}/archive.sqlite`);
    other.exec("BEGIN IMMEDIATE");
    await sendUntil("store-failed");
    const sent = await send(100);
    assertEquals(await found(stream), numbers(10));
    const refused = await stream.ask("alice", "set", "<prefs xmlns='urn:xmpp:mam:2' default='never'/>");
    assertEquals(condition(refused), "internal-server-error");
    other.exec("ROLLBACK");
    other.close();
    await annals.event("store-recovered");
    assertEquals(await found(stream), numbers(sent));
    const [complaint, ...others] = events(annals, "store-failed");
    assertMatch(String(complaint?.error), /another program is writing it; end that program/);
    assertEquals(others, []);
  });
  await Deno.remove(folder, { recursive: true });
});
