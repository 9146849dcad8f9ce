/** Sessions that are resumed (XEP-0198), and a module that is loaded again: nothing is lost, and nothing doubled. */
import { assertEquals } from "@std/assert";
import { NS_MAM, wholeArchive } from "../support/archive.ts";
import { reloadModule } from "../support/servers/prosody_shell.ts";
import { chat, idOf, onCompanion, settledArchive } from "./companion_stage.ts";

const BOB = "bob@example.test";
const MODULES = { modules: ["smacks", "offline", "carbons"] };

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

onCompanion("what comes again to a session that is resumed has its one place in the archive", async ({ enter }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  const id = await bob.enableResumption();
  await alice.send(chat(BOB, "0") + chat(BOB, "1"));
  const first = idOf(await bob.message("0"), BOB);
  const second = idOf(await bob.message("1"), BOB);
  const handled = bob.handled - 1;
  await bob.cut();
  await alice.send(chat(BOB, "2"));
  await alice.settle();
  // As if "1" had been lost on the way.
  const again = await enter("bob", { resume: { id, handled } });
  assertEquals(idOf(await again.message("1"), BOB), second);
  const third = idOf(await again.message("2"), BOB);
  const reader = await enter("bob", { presence: false });
  assertEquals((await settledArchive(reader)).map(({ id, body }) => [id, body]), [
    [first, "0"],
    [second, "1"],
    [third, "2"],
  ]);
}, MODULES);

onCompanion(
  "what a session got that was not resumed in time is archived once, and comes to nobody who pages",
  async (scene) => {
    const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
    await bob.enableResumption();
    await bob.cut();
    await alice.send(chat(BOB, "0"));
    await alice.settle();
    await scene.server.line((line) => line.includes("Destroying session for hibernating too long"));
    assertEquals(alice.drain().filter((stanza) => stanza.is("message")), []);
    const next = await scene.enter("bob", { presence: false });
    assertEquals((await settledArchive(next)).map(({ body }) => body), ["0"]);
    await next.send("<presence/>");
    await next.settle();
    assertEquals((await wholeArchive(next)).map(({ body }) => body), ["0"]);
  },
  { ...MODULES, lua: `smacks_hibernation_time = 1\nlog = { debug = "*console" }` },
);

onCompanion("a page that is cut in the middle is completed in the session that is resumed", async ({ enter }) => {
  const alice = await enter("alice");
  const bodies = numbered(40);
  await alice.send(bodies.map((body) => chat(BOB, body)).join(""));
  const bob = await enter("bob", { presence: false });
  const id = await bob.enableResumption();
  assertEquals((await settledArchive(bob)).length, bodies.length);
  bob.drain();
  const before = bob.handled;
  await bob.send(`<iq type='set' id='page'><query xmlns='${NS_MAM}' queryid='cut'/></iq>`);
  await bob.receive((stanza) => stanza.getChild("result") !== undefined, "the first result");
  await bob.cut();
  // As if the first two had come, and nothing after them.
  const again = await enter("bob", { resume: { id, handled: before + 2 } });
  const fin = await again.receive((stanza) => stanza.attrs.id === "page", "the end of the page");
  const rest = again.drain().filter((stanza) => stanza.getChild("result", NS_MAM)?.attrs.queryid === "cut");
  const found = rest.map((stanza) =>
    stanza.getChild("result")?.getChild("forwarded")?.getChild("message")?.getChildText("body")
  );
  assertEquals(found, bodies.slice(2));
  assertEquals(fin.getChild("fin", NS_MAM)?.attrs.complete, "true");
}, MODULES);

onCompanion("the module is loaded again while people talk: nothing is lost, and nothing doubled", async (scene) => {
  const { enter, server } = scene;
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  let over = false;
  const live: [string | undefined, string][] = [];
  async function talk(): Promise<void> {
    while (!over) {
      const bodies = Array.from({ length: 20 }, (_, i) => String(live.length + i));
      await alice.send(bodies.map((body) => chat(BOB, body)).join(""));
      for (const body of bodies) live.push([idOf(await bob.message(body), BOB), body]);
    }
  }
  const talking = talk();
  for (let i = 0; i < 5; i++) await reloadModule(server, "annals");
  over = true;
  await talking;
  const archive = await settledArchive(bob);
  assertEquals(archive.map(({ id, body }) => [id, body ?? ""]), live);
}, { modules: ["admin_shell"] });
