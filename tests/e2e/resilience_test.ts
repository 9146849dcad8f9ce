import { assertEquals, assertNotEquals } from "@std/assert";
import { archivePage, wholeArchive } from "../support/archive.ts";
import { Annals } from "../support/annals.ts";
import { onEachServer } from "./stage.ts";

onEachServer("Annals and the server come and go", async (stage, t) => {
  const { annals, server } = stage;
  await note("before");

  await t.step("a server that is restarted finds Annals again", async () => {
    const from = annals.lines.length;
    await server.restart();
    await annals.inService({ from });
    await note("after a restart of the server");
  });
  await t.step("a server that crashed finds Annals again", async () => {
    const from = annals.lines.length;
    await server.kill();
    await server.start();
    await annals.inService({ from });
    await note("after a crash of the server");
  });
  await t.step("Annals waits for a server that is down", async () => {
    await annals.stop();
    await server.stop();
    annals.spawn();
    await annals.event("stream-failed");
    await server.start();
    await annals.inService();
    await note("after both");
  });
  await t.step("nothing is missing", async () => {
    await using alice = await stage.enter("alice");
    assertEquals((await wholeArchive(alice)).map(({ body }) => body), [
      "before",
      "after a restart of the server",
      "after a crash of the server",
      "after both",
    ]);
  });

  async function note(body: string): Promise<void> {
    await using alice = await stage.enter("alice");
    await alice.send(`<message type='chat'><body>${body}</body></message>`);
    await alice.settle();
    assertEquals((await wholeArchive(alice)).at(-1)?.body, body);
  }
}, { trouble: true });

onEachServer("a wrong secret ends Annals at once, and it says so", async (stage) => {
  await stage.annals.stop();
  await using stranger = await Annals.prepare(stage.server.site, { config: { component: { secret: "a wr0ng one" } } });
  stranger.spawn();
  assertNotEquals((await stranger.end()).code, 0);
  const complaints = stranger.lines.filter((line) => /secret/i.test(line));
  assertEquals(complaints.length, 1, stranger.lines.join("\n"));
  assertEquals(stranger.lines.filter((line) => line.includes("a wr0ng one")), []);
});

onEachServer("SIGHUP takes a changed configuration over, and keeps the old one where it is wrong", async (stage, t) => {
  const { annals } = stage;
  const alice = await stage.enter("alice");
  for (let i = 0; i < 5; i++) await alice.send(`<message type='chat'><body>${i}</body></message>`);
  const size = async (): Promise<number> => (await archivePage(alice)).messages.length;
  assertEquals(await size(), 5);

  await t.step("a smaller page", async () => {
    await annals.configure({ max_archive_query_results: 3 });
    annals.signal("SIGHUP");
    await annals.event("config-reloaded");
    assertEquals(await size(), 3);
  });
  await t.step("a page of no size", async () => {
    await annals.configure({ max_archive_query_results: -3 });
    annals.signal("SIGHUP");
    await annals.event("config-rejected");
    assertEquals(await size(), 3);
  });
}, { trouble: true });
