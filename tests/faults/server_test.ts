/**
 * Servers that are unwell, or relay what is: Annals as a process, and a server that does what it is told.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { Annals, type AnnalsOptions, type LogLine } from "../support/annals.ts";
import { condition } from "../support/archive.ts";
import { answerIn, chat, copy, HOST, query, request } from "../support/handed_over.ts";
import { peakMemory } from "../support/peak_memory.ts";
import { print, Random, seedOf } from "../support/random.ts";
import { ScriptedServer, type ServerStream } from "../support/scripted_server.ts";

const MIB = 1024 * 1024;

/** Most memory that Annals may take under attack, unless a test says otherwise; an idle one takes 60 MiB. */
const MOST_MEMORY = 320 * MIB;

interface SceneOptions extends AnnalsOptions {
  /** Bytes that Annals may take. */
  readonly memory?: number;
}

/** A server, and Annals in service there; resolves to what Annals says in the end of the copies that it took. */
async function scene(
  play: (stream: ServerStream, stage: { server: ScriptedServer; annals: Annals }) => Promise<void>,
  { env = {}, config = {}, memory = MOST_MEMORY }: SceneOptions = {},
): Promise<LogLine> {
  await using server = new ScriptedServer();
  const settings = { max_archive_query_results: 1000, log: { level: "info" }, ...config };
  await using annals = await Annals.prepare(server.site, { config: settings, env });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  await play(stream, { server, annals });
  print(`Memory at most: ${Math.round(await peakMemory(annals.pid) / MIB)} MiB`);
  assertLess(await peakMemory(annals.pid), memory);
  await annals.stop();
  return await annals.event("archived");
}

/** Returns the bodies in a user's archive, in order. */
async function bodies(stream: ServerStream, user: string): Promise<(string | null)[]> {
  return (await stream.archive(user)).map(({ body }) => body);
}

Deno.test("A server that ends its streams without a word is connected to again", async () => {
  await scene(async (first, { server }) => {
    await first.send(chat("alice", "bob", "before"));
    await first.hangUp();
    const second = await server.welcome();
    await second.send(chat("alice", "bob", "after"));
    assertEquals(await bodies(second, "alice"), ["before", "after"]);
  });
});

/** A minute of silence takes three seconds. */
const FAST = {
  NODE_OPTIONS: `--require ${new URL("../support/fast_clock.cjs", import.meta.url).pathname}`,
  ANNALS_SPEED: "20",
};

Deno.test("A server that hangs, half open, is given up and connected to again", async () => {
  await scene(async (first, { server, annals }) => {
    await first.send(chat("alice", "bob", "before"));
    assertEquals(await bodies(first, "bob"), ["before"]);
    // From here on the server says nothing; its system still takes what it is sent.
    const from = annals.lines.length;
    await first.ended;
    await annals.event("stream-failed", { from, where: { message: "The server gives no sign of life" } });
    // The next one hangs before it has recognised anybody.
    const second = await server.next();
    await second.ended;
    const third = await server.welcome();
    await third.send(chat("alice", "bob", "after"));
    assertEquals(await bodies(third, "bob"), ["before", "after"]);
  }, { env: FAST });
});

Deno.test("A server that sends garbage is told so; what came before it is kept, and so is what comes after", async () => {
  await scene(async (first, { server }) => {
    const random = new Random(seedOf("garbage"));
    const said: string[] = [];
    let stream = first;
    for (const garbage of kindsOfGarbage(random)) {
      said.push(`before garbage ${said.length}`);
      await stream.send(chat("alice", "bob", said.at(-1) ?? ""));
      await stream.send(garbage);
      await stream.hear((stanza) => stanza.name === "stream:error", "Annals to end the stream");
      await stream.ended;
      stream = await server.welcome();
      assertEquals(await bodies(stream, "bob"), said);
    }
  });
});

function kindsOfGarbage(random: Random): (string | Uint8Array)[] {
  const noise = Uint8Array.from({ length: 100_000 }, () => random.bits());
  return [noise, "\0\0\0\0", `<message>${"<".repeat(10)}`, "<?xml version='1.0'?>", "HTTP/1.1 400 Bad Request\r\n\r\n"];
}

Deno.test("What users make a server relay is kept, and no more than it costs the stream (60,000 levels, 20,000 attributes, 2 MiB)", async () => {
  await scene(async (stream, { annals }) => {
    const deepAs = (levels: number) => `<a xmlns='urn:x'>${"<a>".repeat(levels)}${"</a>".repeat(levels)}</a>`;
    // What is deeper is larger than any message that is kept.
    const [deep, deepest] = [deepAs(60_000), deepAs(200_000)];
    const rich = `<a xmlns='urn:x'${Array.from({ length: 20_000 }, (_, i) => ` a${i}='1'`).join("")}/>`;
    await stream.send(chat("alice", "bob", "before"));
    for (const payload of [deep, rich, deepest]) {
      await stream.send(copy(
        `<message xmlns='jabber:client' type='chat' from='mallory@${HOST}/a' to='bob@${HOST}'><body>look</body>${payload}</message>`,
      ));
    }
    // Prosody writes each of them as six characters.
    await stream.send(
      chat("mallory", "bob", "'".repeat(400 * 1024)).replace(/'{400,}/, (all) => "&apos;".repeat(all.length)),
    );
    // The server is answered, and can answer the user.
    await stream.send(request("deep", "mallory", "get", `<query xmlns='urn:xmpp:mam:2'>${deepest}</query>`));
    const refusal = await stream.hear((stanza) => stanza.attrs.id === "deep", "the refusal");
    assertEquals([refusal.attrs.type, refusal.getChild("error")?.children.length], ["error", 2]);
    await stream.send(chat("alice", "bob", "after"));
    const found = (await bodies(stream, "bob")).map((body) => body?.slice(0, 10));
    assertEquals(found, ["before", "look", "look", "''''''''''", "after"]);
    assertEquals(annals.lines.filter((line) => line.includes("stream-failed")), []);
  });
});

Deno.test("A server that sends a byte at a time is understood", async () => {
  await scene(async (stream) => {
    const text = chat("alice", "bob", "Neither, fair saint 🌹") + query("slow", "bob");
    const answer = stream.answer("slow");
    for (const byte of new TextEncoder().encode(text)) await stream.send(Uint8Array.of(byte));
    assertEquals((await answer).attrs.type, "result");
    assertEquals(await bodies(stream, "bob"), ["Neither, fair saint 🌹"]);
  });
});

Deno.test("Stanzas of 1 MiB are more than servers take back; what comes between is kept, and others are answered", async () => {
  const archived = await scene(async (stream) => {
    for (let i = 0; i < 100; i++) {
      await stream.send(chat("alice", "bob", "x".repeat(MIB)) + chat("alice", "bob", `${i} ${"x".repeat(400_000)}`));
      if (i % 10 === 0) assertEquals((await stream.page("carol")).iq.attrs.type, "result");
    }
    const found = await stream.archive("bob");
    assertEquals(found.map(({ body }) => body?.split(" ")[0]), Array.from({ length: 100 }, (_, i) => `${i}`));
  }, { memory: 512 * MIB });
  assertEquals(archived["too large"], 100);
});

Deno.test("A flood of messages is kept, every one of it, and others are answered meanwhile", async () => {
  await scene(async (stream) => {
    const [bursts, burst] = [40, 1000];
    await stream.send(chat("alice", "carol", "hello"));
    for (let i = 0; i < bursts; i++) {
      const flood = stream.send(Array.from({ length: burst }, (_, j) => chat("mallory", "bob", `${i} ${j}`)).join(""));
      assertEquals((await stream.page("alice")).messages.map(({ body }) => body), ["hello"]);
      await flood;
    }
    const expected = Array.from({ length: bursts * burst }, (_, i) => `${Math.floor(i / burst)} ${i % burst}`);
    assertEquals(await bodies(stream, "bob"), expected);
  });
});

Deno.test("A flood of requests is answered, each request once, and others are answered meanwhile", async () => {
  await scene(async (stream) => {
    await stream.send(chat("alice", "mallory", "hello"));
    const ids = Array.from({ length: 20_000 }, () => stream.uniqueId());
    const answers = stream.answers(ids);
    for (let sent = 0; sent < ids.length; sent += 1000) {
      const flood = stream.send(ids.slice(sent, sent + 1000).map((id) => query(id, "mallory")).join(""));
      assertEquals((await stream.page("alice")).messages.map(({ body }) => body), ["hello"]);
      await flood;
    }
    const refused = (await answers).filter(({ attrs }) => attrs.type !== "result");
    assertEquals(new Set(refused.map(condition)), new Set(["resource-constraint"]));
    assertLess(refused.length, ids.length);
    // Nobody is answered twice.
    await stream.ask("mallory", "get", "<prefs xmlns='urn:xmpp:mam:2'/>");
    assertEquals(stream.inbox.held.filter((stanza) => answerIn(stanza) !== undefined), []);
  });
});

Deno.test("A server that shows no roster keeps no others from their archives, and what waits for it has a bound", async () => {
  const config = { default_archive_policy: "roster" };
  await scene(async (stream, { annals }) => {
    for (const user of ["bob", "carol"]) {
      await stream.ask(user, "set", "<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>");
    }
    const filler = "x".repeat(1000);
    for (let i = 0; i < 40; i++) {
      await stream.send(Array.from({ length: 1000 }, () => chat("alice", "dave", filler)).join(""));
      await stream.send(chat("bob", "carol", `${i}`));
    }
    assertEquals((await bodies(stream, "carol")).length, 40);
    await annals.event("messages-lost");
  }, { config, memory: 512 * MIB });
});
