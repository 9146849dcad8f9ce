/** `annals doctor` examines real servers, and names what is missing. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeSystem } from "../support/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { Annals } from "../support/annals.ts";
import { wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { reloadConfig } from "../support/servers/ejabberd_admin.ts";
import type { Server } from "../support/servers/server.ts";
import { paste, unconnected } from "./printed.ts";
import { AVAILABLE } from "./stage.ts";

type Make = "prosody" | "ejabberd";

/** A server that is set up by what is printed, spoilt by `change`; `play` asks the doctor. */
function examined(
  name: string,
  { make, args, change }: { make: Make; args: readonly string[]; change?: (text: string) => string },
  play: (ask: (...more: string[]) => Promise<Said>, server: Server, annals: Annals) => Promise<void>,
): void {
  Deno.test({
    name: `annals doctor, ${make}: ${name}`,
    ignore: !AVAILABLE.has(make === "prosody" ? "Prosody" : "ejabberd"),
    async fn(): Promise<void> {
      await using server = await unconnected(make);
      await using annals = await Annals.prepare(server.site, { companion: args.length === 1 && make === "prosody" });
      await paste(server, annals, { args, ...change && { change } });
      await server.start();
      await play((...more) => asked(annals, more), server, annals);
    },
  });
}

interface Said {
  readonly code: number;
  readonly printed: string;
}

async function asked(annals: Annals, more: readonly string[]): Promise<Said> {
  const system = new FakeSystem();
  const code = await run(["doctor", ...more, "--config", annals.config], system);
  assertEquals(system.errors, []);
  return { code, printed: system.printed };
}

examined("all is well with the module", { make: "prosody", args: ["prosody"] }, async (ask, _, annals) => {
  const { code, printed } = await ask();
  assertEquals(code, 0, printed);
  assertMatch(printed, /^ok {4}127\.0\.0\.1:\d+ recognises archive\.example\.test$/m);
  assertMatch(printed, /^ok {4}example\.test has the module/m);
  // Nothing that was handed over meanwhile is acknowledged, and the module goes on with Annals itself.
  await annals.start();
  const beside = await ask("--json");
  assertEquals(beside.code, 0, beside.printed);
  assertStringIncludes(beside.printed, "the service runs, and is connected since");
  assertStringIncludes(beside.printed, "the archives take what is written to them");
  assertStringIncludes(beside.printed, "example.test: a message handed over now is stored");
});

examined(
  "all is well on the standard path",
  { make: "prosody", args: ["prosody", "--standard"] },
  async (ask, server, annals) => {
    const first = await ask();
    // Prosody delegates nothing that Annals itself asks.
    assertEquals(first.code, 2, first.printed);
    const { code, printed } = await ask("--json");
    assertEquals(code, 2, printed);
    const { ok, findings } = JSON.parse(printed);
    assertEquals([ok, findings.slice(-7).map(({ found }: { found: string }) => found)], [null, [
      "example.test delegates its archives to Annals",
      "not checked: what accounts of example.test show: it asks only the first connection, and this is a later one",
      "not checked: who answers users of example.test, as it does not delegate what Annals asks",
      "example.test lets Annals send archived messages",
      "example.test lets Annals read rosters",
      "example.test has sent a message in the name of an account, and it came back",
      "example.test hands copies of messages over",
    ]]);
    await annals.start();
    await using alice = await Client.login(server, "alice");
    assertEquals(await wholeArchive(alice), []);
    const beside = await ask();
    assertEquals(beside.code, 0, beside.printed);
    assertStringIncludes(beside.printed, "example.test has Annals answer archive queries");
    assertStringIncludes(beside.printed, "example.test hands copies of messages over");
    assertStringIncludes(beside.printed, "0 messages in 0 archives");
  },
);

examined(
  "all is well once a client has sent anything",
  { make: "ejabberd", args: ["ejabberd"] },
  async (ask, server, annals) => {
    const nobody = await ask();
    assertEquals(nobody.code, 2, nobody.printed);
    assertMatch(nobody.printed, /^ok {4}example\.test shows the archive on accounts$/m);
    assertMatch(nobody.printed, /^ok {4}example\.test has Annals answer archive queries$/m);
    assertMatch(
      nobody.printed,
      /^ok {4}example\.test has sent a message in the name of an account, and it came back$/m,
    );
    assertMatch(nobody.printed, /^\?{3} {3}not checked: whether example\.test hands copies .*\n {6}log in as a user/m);
    await annals.start();
    await using alice = await Client.login(server, "alice");
    await alice.settle();
    const { code, printed } = await ask();
    assertEquals(code, 0, printed);
    assertMatch(printed, /^ok {4}example\.test hands copies of messages over$/m);
    await annals.stop();
    await server.stop();
    const { code: failed, printed: refused } = await ask();
    assertEquals(failed, 1);
    assertMatch(refused, /^FAIL {2}Cannot connect to 127\.0\.0\.1:\d+: .*\n {6}Prosody: component_ports = \{ \d+ \}$/m);
  },
);

examined(
  "users ask, and there is no mod_service_log",
  { make: "ejabberd", args: ["ejabberd"], change: (text) => text.replace(/^ *mod_service_log: .*$/m, "") },
  async (ask, server, annals) => {
    await annals.start();
    assertEquals((await ask()).code, 2);
    await using alice = await Client.login(server, "alice");
    assertEquals(await wholeArchive(alice), []);
    const { code, printed } = await ask();
    assertEquals(code, 1, printed);
    assertMatch(
      printed,
      /^FAIL {2}example\.test hands over no copy .*\n {6}ejabberd, in modules: mod_service_log: \{ loggers/m,
    );
  },
);

examined("mod_mam answers users", { make: "ejabberd", args: ["ejabberd"] }, async (ask, server, annals) => {
  await annals.start();
  await reloadConfig(server, (modules) => ({ ...modules, mod_mam: { default: "always", db_type: "mnesia" } }));
  const { code, printed } = await ask();
  assertEquals(code, 1, printed);
  assertMatch(
    printed,
    /^FAIL {2}example\.test answers archive queries by an archive of its own: .*\n.*mod_mam: \{ default: never \}/m,
  );
});

examined("mod_mam is still enabled", { make: "prosody", args: ["prosody"] }, async (ask, server, annals) => {
  assertEquals((await ask()).code, 0);
  await annals.start();
  await using alice = await Client.login(server, "alice");
  await alice.send(`<message to='${alice.account}' type='chat'><body>Ay me!</body></message>`);
  assertEquals((await wholeArchive(alice)).map(({ body }) => body), ["Ay me!"]);
  assertMatch((await ask()).printed, /1 message in 1 archive/);
});

examined(
  "the server has gone while the service runs",
  { make: "prosody", args: ["prosody"] },
  async (ask, server, annals) => {
    await annals.start();
    await server.stop();
    await annals.event("stream-failed");
    const { code, printed } = await ask();
    assertEquals(code, 1, printed);
    assertMatch(printed, /^FAIL {2}the service runs, but is not connected$/m);
    assertMatch(printed, /^ok {4}the archives take what is written to them$/m);
  },
);

Deno.test({
  name: "annals doctor names a host that the server does not have",
  ignore: !AVAILABLE.has("Prosody") || !AVAILABLE.has("ejabberd"),
  async fn(): Promise<void> {
    for (const make of ["prosody", "ejabberd"] as const) {
      await using server = await unconnected(make);
      await using annals = await Annals.prepare(server.site);
      await paste(server, annals, { args: [make] });
      await server.start();
      await annals.configure({ hosts: ["example.test", "nowhere.test"] });
      const { code, printed } = await asked(annals, []);
      assertEquals(code, 1, printed);
      assertMatch(printed, /^FAIL {2}nowhere\.test is no host of this server\n {6}config\.toml: hosts/m);
      assertEquals(printed.match(/nowhere\.test/g)?.length, 1, printed);
    }
  },
});

examined(
  "the module is not loaded",
  { make: "prosody", args: ["prosody"], change: (text) => text.replace(/^ *modules_enabled = .*$/m, "") },
  async (ask) => {
    const { code, printed } = await ask();
    assertEquals(code, 1, printed);
    assertMatch(
      printed,
      /^FAIL {2}example\.test neither has the module nor .*\n {6}Prosody: what "annals setup prosody" prints/m,
    );
  },
);

const SPOILT: readonly (readonly [string, Make, string, (text: string) => string, RegExp])[] = [
  [
    "a host that delegates nothing",
    "prosody",
    "--standard",
    (text) => text.replace(/^ {2}delegations = .*$/m, ""),
    /^FAIL {2}example\.test neither .*\n.*in VirtualHost "example\.test": delegations = \{ \["urn:xmpp:mam:2"\]/m,
  ],
  [
    "a host that grants no privileges",
    "prosody",
    "--standard",
    (text) => text.replace(/^ {2}privileged_entities = .*$/m, ""),
    /^FAIL {2}example\.test grants no privilege for messages .*\n.*: privileged_entities = \{ \["archive\.example\.test"\]/m,
  ],
  [
    "a host that hands no copies over",
    "prosody",
    "--standard",
    (text) => text.replace(/^ {2}firewall_scripts = .*$/m, ""),
    /^FAIL {2}example\.test did not hand a copy .*\n.*: firewall_scripts = /m,
  ],
  [
    "another secret",
    "prosody",
    "--standard",
    (text) => text.replace(/component_secret = .*/, 'component_secret = "other"'),
    /^FAIL {2}The server refuses the secret .*\n {6}Prosody: component_secret = "the secret of config\.toml"$/m,
  ],
  [
    "another component",
    "prosody",
    "--standard",
    (text) => text.replace('Component "archive', 'Component "other'),
    /^FAIL {2}.*\n {6}Prosody: Component "archive\.example\.test"$/m,
  ],
  [
    "a host that grants no privileges",
    "ejabberd",
    "--standard",
    (text) => text.replace(/^ *mod_privilege: .*$/m, ""),
    /^FAIL {2}example\.test grants no privilege for messages [^]*ejabberd, in modules: mod_privilege: /m,
  ],
];

for (const [name, make, switched, change, expected] of SPOILT) {
  examined(name, { make, args: [make, switched], change }, async (ask) => {
    const { code, printed } = await ask();
    assertEquals(code, 1, printed);
    assertMatch(printed, expected);
  });
}

/** Adds a component of rooms at the end of what is pasted. */
function withRooms(text: string): string {
  return text.replace(/^END$/m, 'Component "rooms.example.test" "muc"\nEND');
}

examined("rooms whose domain has no module are named", {
  make: "prosody",
  args: ["prosody"],
  change: withRooms,
}, async (ask, _, annals) => {
  await annals.configure({ rooms: ["rooms.example.test"] });
  const { code, printed } = await ask();
  assertEquals(code, 1, printed);
  assertMatch(printed, /^ok {4}example\.test has the module/m);
  assertMatch(printed, /^FAIL {2}rooms\.example\.test has no module that hands its rooms over/m);
});

examined("rooms whose domain has the module are well", {
  make: "prosody",
  args: ["prosody"],
  change: (text) => withRooms(text).replace('"example.test" }', '"example.test"; "rooms.example.test" }'),
}, async (ask, _, annals) => {
  await annals.configure({ rooms: ["rooms.example.test"] });
  const { code, printed } = await ask();
  assertEquals(code, 0, printed);
  assertMatch(printed, /^ok {4}rooms\.example\.test has the module/m);
});
