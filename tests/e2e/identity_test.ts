/** Accounts are who the server says: names that it keeps apart have archives of their own, however alike they look. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { condition, NS_MAM } from "../support/archive.ts";
import { type Archived, wholeArchive } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import type { Server } from "../support/servers/server.ts";
import { tryPrepareJid } from "../../src/xmpp/prepared_jid.ts";
import { chat, onCompanion, type Scene, settledArchive } from "./companion_stage.ts";
import { onEachServer } from "./stage.ts";

/** Names as people type them, each with the local part that servers make of it. */
const NAMES: readonly (readonly [typed: string, local: string])[] = [
  ["Stra\u00dfe", "strasse"],
  ["\u03a3\u03bf\u03c6\u03cc\u03c2", "\u03c3\u03bf\u03c6\u03cc\u03c3"],
  ["\uff2ao\ufb03ce", "joffice"],
  ["ma\u00f1ana", "man\u0303ana".normalize("NFC")],
  // A capital without a small letter in Unicode 3.2.
  ["маг\u04c0омед", "маг\u04c0омед"],
];

/** Names with code points that Unicode 3.2 leaves unassigned, which ejabberd refuses. */
const UNASSIGNED: readonly (readonly [typed: string, local: string])[] = [
  ["\u1d2clice", "\u1d2clice"],
  ["маг\u04cfомед", "маг\u04cfомед"],
];

type Stage = Pick<Scene, "server" | "enter">;

for (
  const [name, play] of [["look-alikes", lookAlikes], ["typed addresses", typedAddresses], [
    "capitals",
    capitals,
  ], ["text that is not composed", uncomposed]] as const
) {
  onEachServer(`identity: ${name}`, (stage) => (
    play(
      { ...stage, server: stage.server, enter: (user, options) => stage.enter(user, options) },
      namesOn(stage.server),
    )
  ));
  onCompanion(`identity: ${name}`, (scene) => play(scene, namesOn(scene.server)));
}

/** Registers an account. `prosodyctl` refuses code points that Prosody itself takes, so that those are written as it does. */
async function register(server: Server, typed: string): Promise<void> {
  if (!UNASSIGNED.some(([name]) => name === typed)) return await server.register(typed);
  const file = encodeURIComponent(typed).toLowerCase();
  const folder = `${server.site.folder}/data/example%2etest/accounts`;
  await Deno.writeTextFile(`${folder}/${file}.dat`, `return { ["password"] = "pw"; };\n`);
}

function namesOn({ name }: Server): readonly (readonly [typed: string, local: string])[] {
  return name === "ejabberd" ? NAMES : [...NAMES, ...UNASSIGNED];
}

/**
 * The name to log in with. Where people type one that servers map, Prosody writes it as it is mapped, and ejabberd as it was
 * typed: there the clients must map it, as most do.
 */
function nameAt({ name }: Server, typed: string, local: string): string {
  return name === "ejabberd" ? local : typed;
}

/** Everybody reads the own archive and no other, and preferences are obeyed for their owner alone. */
async function lookAlikes({ server, enter }: Stage, names: readonly (readonly [string, string])[]): Promise<void> {
  const bob = await enter("bob");
  const people = new Map<string, Client>([["alice", await enter("alice")]]);
  for (const [typed, local] of names) {
    await register(server, typed);
    const client = await enter(nameAt(server, typed, local));
    assertEquals(client.account, `${local}@example.test`);
    people.set(local, client);
  }
  for (const [local, client] of people) {
    await client.send(chat(bob.account, `from ${local}`));
    await bob.message(`from ${local}`);
    await bob.send(chat(client.account, `to ${local}`));
    await client.message(`to ${local}`);
  }
  for (const [local, client] of people) {
    assertEquals(bodiesOf(await settledArchive(client)), [`from ${local}`, `to ${local}`]);
  }

  // XEP-0441: the last of them, who looks like another, wants nothing archived.
  const [[shy, shyClient]] = [...people].slice(-1) as [[string, Client]];
  const never = `<prefs xmlns='${NS_MAM}' default='never'><always/><never/></prefs>`;
  assertEquals((await shyClient.request("set", never)).attrs.type, "result");
  for (const [local, client] of people) {
    await bob.send(chat(client.account, `more for ${local}`));
    await client.message(`more for ${local}`);
  }
  for (const [local, client] of people) {
    const expected = [`from ${local}`, `to ${local}`, ...local === shy ? [] : [`more for ${local}`]];
    assertEquals(bodiesOf(await settledArchive(client)), expected);
  }
}

/** XEP-0313 §"Filtering by JID", XEP-0441: an address that a client writes is prepared as the server prepares it. */
async function typedAddresses({ server, enter }: Stage, names: readonly (readonly [string, string])[]): Promise<void> {
  const bob = await enter("bob");
  for (const [typed, local] of names) {
    await register(server, typed);
    const client = await enter(nameAt(server, typed, local), {
      resource: server.name === "ejabberd" ? "Phone" : "\uff30hone",
    });
    await client.send(chat(bob.account, `from ${typed}`));
    await bob.message(`from ${typed}`);
  }
  await settledArchive(bob);
  for (const [typed, local] of names) {
    for (
      const address of [`${typed}@EXAMPLE.test`, `${local}@example.test/\uff30hone`, `${local}@example.test/Phone`]
    ) {
      assertEquals(bodiesOf(await wholeArchive(bob, { form: { with: address } })), [`from ${typed}`], address);
    }
    assertEquals(await wholeArchive(bob, { form: { with: `${local}@example.test/phone` } }), []);
  }
  const unwanted = names.map(([typed]) => `<jid>${typed}@example.test</jid>`).join("");
  const prefs = `<prefs xmlns='${NS_MAM}' default='always'><always/><never>${unwanted}</never></prefs>`;
  assertEquals((await bob.request("set", prefs)).attrs.type, "result");
  for (const [typed, local] of names) {
    const client = await enter(nameAt(server, typed, local));
    await client.send(chat(bob.account, `unwanted from ${local}`));
    await bob.message(`unwanted from ${local}`);
  }
  assertEquals(bodiesOf(await settledArchive(bob)), names.map(([typed]) => `from ${typed}`));
}

/** ejabberd does not compose every text: it has two accounts where Unicode has one text, and so are their archives. */
async function uncomposed({ server, enter }: Stage): Promise<void> {
  // For Prosody these are one account.
  if (server.name !== "ejabberd") return;
  const names = ["\u1ead\u0303", "\u1eab\u0323"];
  const bob = await enter("bob");
  const people: Client[] = [];
  for (const name of names) {
    await server.register(name);
    const client = await enter(name);
    assertEquals(client.account, `${name}@example.test`);
    people.push(client);
  }
  const [one, other] = people as [Client, Client];
  for (const client of people) {
    await bob.send(chat(client.account, `to ${client.account}`));
    await client.message(`to ${client.account}`);
  }
  const never = `<prefs xmlns='${NS_MAM}' default='never'><always/><never/></prefs>`;
  assertEquals((await other.request("set", never)).attrs.type, "result");
  for (const client of people) {
    await bob.send(chat(client.account, "more"));
    await client.message("more");
  }
  assertEquals(bodiesOf(await settledArchive(one)), [`to ${one.account}`, "more"]);
  assertEquals(bodiesOf(await settledArchive(other)), [`to ${other.account}`]);
}

/** A login as Alice is one as alice: RFC 6122 and RFC 7622 agree on it, and ejabberd writes both spellings. */
async function capitals({ enter }: Stage): Promise<void> {
  const bob = await enter("bob");
  const alice = await enter("ALICE");
  await alice.send(chat("bob@example.test", "from ALICE"));
  await bob.message("from ALICE");
  await bob.send(chat("Alice@Example.test", "to Alice"));
  await alice.message("to Alice");
  await bob.send(chat("alice@example.test", "to alice"));
  await alice.message("to alice");
  for (const client of [alice, await enter("alice")]) {
    assertEquals(bodiesOf(await settledArchive(client)), ["from ALICE", "to Alice", "to alice"]);
  }
  assertEquals(bodiesOf(await wholeArchive(bob, { form: { with: "aLice@example.test" } })).length, 3);
}

/**
 * Hosts, each as people may type it, and as another domain. RFC 3490 writes one domain by its letters (U-label) and in ASCII
 * (A-label), which both servers take for two; it takes "ß" for "ss", as they do.
 */
const DOMAINS: readonly (readonly [host: string, typed: string, other: string])[] = [
  ["b\u00fccher.example", "B\u00dcCHER.Example", "xn--bcher-kva.example"],
  ["xn--bcher-kva.example", "XN--BCHER-KVA.Example", "b\u00fccher.example"],
  ["strasse.example", "Stra\u00dfe.Example", "xn--strae-oqa.example"],
];

for (const [host, typed, other] of DOMAINS) {
  const [hosts, component] = [[host], `archive.${host}`];
  const config = { hosts: [typed], component: { domain: `archive.${typed}` } };
  const play = ({ server, enter }: Stage): Promise<void> => internationalDomain({ server, enter }, host, typed, other);
  onEachServer(`identity: accounts of ${host}`, (stage) => {
    return play({ server: stage.server, enter: (...who) => stage.enter(...who) });
  }, { server: { hosts, component }, config });
  onCompanion(`identity: accounts of ${host}`, play, { hosts, component, config });
}

/** A domain that people type is prepared as servers do it, in addresses and in `hosts`; its other form stays another domain. */
async function internationalDomain(
  { server, enter }: Stage,
  host: string,
  typed: string,
  other: string,
): Promise<void> {
  // ejabberd writes the domain as it was typed: there the clients must map what the versions of the rules map differently.
  const written = server.name === "ejabberd" ? host.toUpperCase() : typed;
  const [alice, bob] = [await enter("alice", { host: written }), await enter("bob")];
  assertEquals(alice.account, `alice@${server.name === "ejabberd" ? written : host}`);
  await alice.send(chat(`bob@${written}`, "as typed"));
  await bob.message("as typed");
  await bob.send(chat(`alice@${host}`, "answer"));
  await alice.message("answer");
  await alice.send(chat(`bob@${other}`, "elsewhere"));
  const bounce = await alice.receive(({ attrs }) => attrs.type === "error", "an error");
  assertEquals(bounce.attrs.from, `bob@${other}`);
  await settledArchive(alice);
  for (const address of [`bob@${host}`, `bob@${typed}`]) {
    assertEquals(bodiesOf(await wholeArchive(alice, { form: { with: address } })), ["as typed", "answer"], address);
  }
  const [elsewhere] = await wholeArchive(alice, { form: { with: `bob@${other.toUpperCase()}` } });
  assertEquals(elsewhere?.body, "elsewhere");
  assertEquals(bodiesOf(await settledArchive(bob)), ["as typed", "answer"]);

  // XEP-0441.
  const never = `<never><jid>alice@${typed}</jid></never>`;
  const prefs = `<prefs xmlns='${NS_MAM}' default='always'><always/>${never}</prefs>`;
  assertEquals((await bob.request("set", prefs)).attrs.type, "result");
  await alice.send(chat(bob.account, "unwanted"));
  await bob.message("unwanted");
  assertEquals(bodiesOf(await settledArchive(bob)), ["as typed", "answer"]);
}

onCompanion("identity: an account that is unregistered takes no look-alike along", async ({ server, enter }) => {
  const alice = await enter("alice");
  await register(server, "\u1d2clice");
  const other = await enter("\u1d2clice");
  for (const client of [alice, other]) {
    await client.send(chat(client.account, `note of ${client.account}`));
    await client.message(`note of ${client.account}`);
    assertEquals((await settledArchive(client)).length, 1);
  }
  const removal = `<query xmlns='jabber:iq:register'><remove/></query>`;
  assertEquals(condition(await other.request("set", removal)), undefined);
  await register(server, "\u1d2clice");
  assertEquals(await settledArchive(await enter("\u1d2clice")), []);
  assertEquals(bodiesOf(await settledArchive(alice)), [`note of ${alice.account}`]);
}, { modules: ["register"], lua: "allow_registration = true\n" });

onCompanion("identity: the search for archives without an account finds none", async ({ server, annals, enter }) => {
  const bob = await enter("bob");
  for (const [typed, local] of [...NAMES, ...UNASSIGNED]) {
    await register(server, typed);
    const client = await enter(typed);
    await client.send(chat(bob.account, `from ${local}`));
    await bob.message(`from ${local}`);
  }
  await settledArchive(bob);
  // Two looks, an interval apart, would report an account that is gone.
  for (let looks = 0, from = 0; looks < 3; looks++) {
    const line = await server.line((text) => text.includes("Looked for archives without an account"), from);
    from = server.lines.indexOf(line, from) + 1;
  }
  for (const [typed, local] of [...NAMES, ...UNASSIGNED]) {
    assertEquals(bodiesOf(await settledArchive(await enter(typed))), [`from ${local}`]);
  }
  assertNotEquals(annals.lines.length, 0);
}, { lua: `annals_check_interval = 1\nlog = { debug = "*console" }\n` });

Deno.test("identity: the names of these tests are what prepareJid() makes of them", () => {
  for (const [typed, local] of [...NAMES, ...UNASSIGNED]) {
    assertEquals(tryPrepareJid(`${typed}@example.test`)?.local, local);
  }
});

function bodiesOf(messages: readonly Archived[]): (string | null)[] {
  return messages.map(({ body }) => body);
}
