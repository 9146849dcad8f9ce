/** Moving in: what real servers archived of real clients pages through Annals as it did before. */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { type Archived, archivePage, wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { startEjabberd } from "../support/servers/ejabberd.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { STORED } from "./scenes.ts";
import { AVAILABLE, type Make } from "./stage.ts";

const NS_MAM = "urn:xmpp:mam:2";

/** A server that keeps its archives itself, and how they are taken over. */
interface Origin {
  readonly make: Make;
  readonly start: () => Promise<Server>;
  readonly format: string;
  /** Path of its archives. */
  readonly path: (server: Server) => string;
  /** Digits of fractions of a second that it answers. */
  readonly digits: number;
}

const SQL = `storage = { archive = "sql"; archive_prefs = "sql" }`;

const ORIGINS: readonly Origin[] = [
  {
    make: "Prosody",
    start: () => startProsody({ archive: "own-internal" }),
    format: "prosody-internal",
    path: ({ site }) => `${site.folder}/data`,
    digits: 0,
  },
  {
    make: "Prosody",
    start: () => startProsody({ archive: "own-sqlite", lua: SQL }),
    format: "prosody-sql",
    path: ({ site }) => `${site.folder}/data/archive.sqlite`,
    digits: 0,
  },
  {
    make: "ejabberd",
    start: () => startEjabberd({ archive: "own-sqlite" }),
    format: "ejabberd-sql",
    path: ({ site }) => `${site.folder}/archive.sqlite`,
    digits: 3,
  },
];

const STARTERS = { Prosody: startProsody, ejabberd: startEjabberd };

/** Archives of two people before the move. */
interface Seen {
  readonly archives: ReadonlyMap<string, readonly Archived[]>;
  readonly preferences: string;
}

for (const origin of ORIGINS) {
  Deno.test({
    name: `${origin.format}: a conversation pages on where it was before the move`,
    ignore: !AVAILABLE.has(origin.make),
    async fn(t): Promise<void> {
      await using old = await origin.start();
      const seen = await converse(old);
      await old.stop();
      await using server = await STARTERS[origin.make]();
      await using annals = await Annals.prepare(server.site);
      const args = ["import", "--from", origin.format, origin.path(old), "--config", annals.config, "--json"];

      const total = [...seen.archives.values()].reduce((sum, { length }) => sum + length, 0);
      await t.step("the import takes everything", async () => {
        const { messages, preferences, skipped } = await imported(args);
        assertEquals({ messages, preferences, skipped }, {
          messages: { taken: total, held: 0 },
          preferences: { taken: 1, held: 0 },
          skipped: {},
        });
      });
      await t.step("and nothing twice", async () => {
        assertEquals((await imported(args)).messages, { taken: 0, held: total });
      });
      await annals.start();
      await t.step("nor while the service runs", async () => {
        assertEquals((await imported(args)).messages, { taken: 0, held: total });
      });
      for (const [user, before] of seen.archives) {
        await using client = await Client.login(server, user);
        await t.step(`${user} finds the same`, async () => {
          const after = await wholeArchive(client, { page: { max: 7 } });
          assertEquals(after.map(told(origin.digits)), before.map(told(origin.digits)));
        });
        await t.step(`${user} goes on after an id from before`, () => goesOn(client, before));
      }
      await t.step("preferences have come along", async () => {
        await using client = await Client.login(server, "alice");
        assertEquals(await preferencesOf(client), seen.preferences);
      });
    },
  });
}

/** Two people talk until there is something of every kind, and one sets preferences. */
async function converse(server: Server): Promise<Seen> {
  await using alice = await Client.login(server, "alice");
  await using bob = await Client.login(server, "bob");
  const cast = new Map([["alice", alice], ["bob", bob]]);
  for (const [name, text] of STORED.flatMap(({ lines }) => lines)) {
    const line = text.replaceAll(/\{(\w+?)2?\}/g, (_, other) => cast.get(other)?.jid ?? "");
    await cast.get(name.replace("2", ""))?.send(line);
  }
  for (const client of cast.values()) await client.settle();
  await alice.request(
    "set",
    `<prefs xmlns='${NS_MAM}' default='roster'><always><jid>bob@example.test</jid></always>` +
      `<never><jid>tybalt@example.test</jid><jid>paris@example.test/o'clock</jid></never></prefs>`,
  );
  const archives = new Map<string, readonly Archived[]>();
  for (const [name, client] of cast) archives.set(name, await wholeArchive(client, { page: { max: 50 } }));
  return { archives, preferences: await preferencesOf(alice) };
}

/** Preferences, with lists that have no order in one. */
async function preferencesOf(client: Client): Promise<string> {
  const reply = await client.request("get", `<prefs xmlns='${NS_MAM}'/>`);
  const prefs = reply.getChild("prefs", NS_MAM);
  const list = (name: string) => prefs?.getChild(name)?.getChildren("jid").map((jid) => jid.getText()).sort();
  return JSON.stringify([prefs?.attrs.default, list("always"), list("never")]);
}

async function imported(args: readonly string[]): Promise<Record<string, unknown>> {
  const system = new FakeSystem();
  assertEquals([await run(args, system), system.errors], [0, []]);
  return JSON.parse(system.printed);
}

/** An entry by what both servers say of it: times to what the old one tells. */
function told(digits: number): (entry: Archived) => unknown {
  return ({ id, stamp, message, body }) => {
    const [, second = "", fraction = ""] = /^([^.Z]+)\.?(\d*)Z$/.exec(stamp) ?? [];
    const { from, to, type, id: stanzaId } = message.attrs;
    // ejabberd says the id of each entry within the message, too.
    const children = message.getChildElements().filter((child) => !child.is("archived") && !child.is("stanza-id"));
    const names = children.map((child) => `${child.getName()} ${child.getNS()}`);
    return {
      id,
      time: second + fraction.padEnd(digits, "0").slice(0, digits),
      from,
      to,
      type,
      stanzaId,
      body,
      names,
    };
  };
}

async function goesOn(client: Client, before: readonly Archived[]): Promise<void> {
  const middle = Math.floor(before.length / 2);
  const after = before[middle]?.id ?? "";
  const page = await archivePage(client, { page: { after, max: 5 } });
  assertEquals(page.messages.map(({ id }) => id), before.slice(middle + 1, middle + 6).map(({ id }) => id));
  const gap = await archivePage(client, { form: { ids: [after] } });
  assertEquals(gap.messages.map(({ id }) => id), [after]);
}
