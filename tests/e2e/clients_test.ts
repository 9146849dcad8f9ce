/** Archives as clients read them: with a client's own code where it runs here, else with the queries that it makes. */
import { assertEquals } from "@std/assert";
import { archivePage } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import { canBeHad } from "../support/servers/available.ts";
import { PASSWORD, type Server } from "../support/servers/server.ts";
import { chat, onCompanion, type Scene } from "./companion_stage.ts";
import { onEachServer } from "./stage.ts";

type Stage = Pick<Scene, "server" | "enter">;

const HAS_SLIXMPP = await canBeHad("slixmpp");

for (const [name, play] of [["slixmpp pages in both directions", slixmpp], ["Dino catches up", dino]] as const) {
  if (play === slixmpp && !HAS_SLIXMPP) continue;
  onEachServer(name, (stage) => play({ server: stage.server, enter: (...who) => stage.enter(...who) }));
  onCompanion(name, play);
}

/** Its iterator ends where position and length of a page add up to the count, in whatever direction it goes. */
async function slixmpp({ server, enter }: Stage): Promise<void> {
  const said = await converse(await enter("alice"), await enter("bob"), 19);
  const forward = await slixmppPages(server, "bob", "forward");
  assertEquals(forward.flat(), said);
  const reverse = await slixmppPages(server, "bob", "reverse");
  assertEquals(reverse.map((page) => page.length), [5, 5, 5, 4]);
  assertEquals(reverse.toReversed().flat(), said);
}

async function slixmppPages(server: Server, user: string, direction: string): Promise<string[][]> {
  const script = new URL("../support/slixmpp_archive.py", import.meta.url).pathname;
  const args = [script, `${user}@${server.host}`, PASSWORD, String(server.site.clientPort), "5", direction];
  const { stdout, stderr } = await new Deno.Command("/usr/bin/python3", { args }).output();
  const printed = new TextDecoder().decode(stdout);
  if (printed === "") throw new Error(`slixmpp printed nothing: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(printed);
}

/**
 * Dino (libdino/src/service/history_sync.vala) keeps times in whole seconds. It reads the last page, and then what came before
 * that, with "end" at the second of the oldest message that it has, from the end of that range backward.
 */
async function dino({ enter }: Stage): Promise<void> {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  for (const messages of [15, 30, 30]) {
    const said = await converse(alice, bob, messages);
    const latest = await archivePage(bob, { page: { max: 10, before: "" } });
    const seen = new Map(latest.messages.map(({ id, body }) => [id, body]));
    const end = `${latest.messages[0]?.stamp.slice(0, 19)}Z`;
    for (let before = "";;) {
      const page = await archivePage(bob, { form: { end }, page: { max: 10, before } });
      assertEquals(page.error, undefined);
      for (const { id, body } of page.messages) seen.set(id, body);
      if (page.complete || page.first === undefined) break;
      before = page.first;
    }
    assertEquals([...seen.values()].filter((body) => body !== null && said.includes(body)).sort(), said.toSorted());
  }
}

let last = 0;

/** Sends messages in quick succession; returns their bodies once the last has come. */
async function converse(from: Client, to: Client, messages: number): Promise<string[]> {
  const said = Array.from({ length: messages }, () => `message ${++last}`);
  await from.send(said.map((body) => chat(to.account, body)).join(""));
  await to.message(said.at(-1) ?? "");
  return said;
}
