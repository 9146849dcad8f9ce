/** `annals doctor` examines real servers, and names what is missing. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeSystem } from "../../src/cli/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { Annals } from "../../src/testing/annals.ts";
import type { Server } from "../../src/testing/servers/server.ts";
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
  // What only the service could check is not "ok".
  assertEquals(beside.code, 2, beside.printed);
  assertStringIncludes(beside.printed, "the service runs, and is connected since");
});

examined(
  "all is well on the standard path",
  { make: "prosody", args: ["prosody", "--standard"] },
  async (ask) => {
    await ask();
    // The second time, too.
    const { code, printed } = await ask("--json");
    assertEquals(code, 2, printed);
    const { ok, findings } = JSON.parse(printed);
    assertEquals([ok, findings.slice(-7).map(({ found }: { found: string }) => found)], [null, [
      "example.test delegates its archives to Annals",
      "example.test: not checked what accounts show: it asks only the first connection, and this is a later one",
      "example.test lets Annals send archived messages",
      "example.test lets Annals read rosters",
      "example.test: not checked who answers users, as it does not delegate what Annals asks",
      "example.test has sent a message in the name of an account, and it came back",
      "example.test hands copies of messages over",
    ]]);
  },
);

examined("all that can be checked is well", { make: "ejabberd", args: ["ejabberd"] }, async (ask, server) => {
  const { code, printed } = await ask();
  assertEquals(code, 2, printed);
  assertMatch(printed, /^ok {4}example\.test has Annals answer archive queries$/m);
  assertMatch(
    printed,
    /^\?\?\?  {2}example\.test: not checked that messages are handed over: .*\n {6}ejabberd, in modules: /m,
  );
  assertMatch(printed, /^ok {4}example\.test shows the archive on accounts$/m);
  assertMatch(printed, /^ok {4}example\.test has sent a message in the name of an account, and it came back$/m);
  await server.stop();
  const { code: failed, printed: refused } = await ask();
  assertEquals(failed, 1);
  assertMatch(refused, /^FAIL {2}Cannot connect to 127\.0\.0\.1:\d+: .*\n {6}Prosody: component_ports = \{ \d+ \}$/m);
});

examined(
  "a host that the server does not have",
  { make: "prosody", args: ["prosody", "--standard"] },
  async (ask) => {
    const { code, printed } = await ask("--hosts", '["example.test", "elsewhere.test"]');
    assertEquals(code, 1, printed);
    assertMatch(printed, /^FAIL {2}elsewhere\.test does not answer$/m);
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
