import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectionError } from "../../stream/error.ts";
import { StreamError } from "../../xmpp/error.ts";
import type { HostFacts, ModuleFacts, PrivilegedFacts } from "../../runtime/examination.ts";
import { ofFailure, ofHost, ofStore } from "./findings.ts";

/** A host of Prosody's on the standard path, where all is well. */
const WELL: PrivilegedFacts & { host: string } = {
  link: "privileged",
  host: "example.org",
  foreign: false,
  delegated: true,
  features: true,
  roster: true,
  messages: true,
  answerer: "nobody",
  ejabberd: false,
  returned: true,
  copied: true,
  copies: 1,
  asked: 1,
};

/** Facts that differ from those of a host where all is well. */
type Change = Partial<PrivilegedFacts> | ModuleFacts;

function hostThat(change: Change): HostFacts {
  return change.link === "module" ? { host: WELL.host, ...change } : { ...WELL, ...change };
}

const EJABBERD = { ejabberd: true, answerer: "annals", copied: false } as const;

const CASES: readonly (readonly [string, Change, readonly string[]])[] = [
  ["that is well", {}, []],
  ["with a module, which need not grant anything", { link: "module", stored: null }, []],
  ["with a module whose queue moves", { link: "module", stored: true }, []],
  ["with a module whose queue stands still", { link: "module", stored: false }, ["the logs of Annals and Prosody"]],
  ["that the server does not have", { foreign: true }, ["config.toml: hosts"]],
  ["that delegates nothing", { delegated: false }, ["delegations = {", "mod_delegation: {"]],
  ["of Prosody's that asked for features at an earlier connection", { features: false }, []],
  ["whose users another module answers", { answerer: "another" }, ["mod_mam: { default: never }"]],
  ["of ejabberd's whose users nobody answers", { answerer: "nobody", ejabberd: true }, ["restart Annals"]],
  ["that grants no messages", { messages: false }, ["privileged_entities = {", "mod_privilege: {"]],
  ["that grants no rosters", { roster: false }, ["privileged_entities = {", "mod_privilege: {"]],
  ["that sends nothing", { returned: false, copied: false }, ['modules_enabled = { "delegation"; "privilege" }']],
  ["that copies nothing", { copied: false }, ["firewall_scripts = {"]],
  ["of ejabberd's, which copies what clients send", { ...EJABBERD, copies: 1 }, []],
  ["of ejabberd's that copies nothing", { ...EJABBERD, copies: 0, asked: 1 }, ["mod_service_log: {"]],
];

for (const [name, change, mends] of CASES) {
  Deno.test(`ofHost() of a host ${name}`, () => {
    const bad = ofHost(hostThat(change), "archive.example.org").filter(({ ok }) => ok === false);
    assertEquals(bad.length, Math.min(1, mends.length));
    const lines = bad.flatMap(({ mend = [] }) => mend).join("\n");
    for (const mend of mends) assertStringIncludes(lines, mend);
  });
}

Deno.test("ofFailure() says which line lets the component in", () => {
  const refusals = [
    ["not-authorized", "component_secret = "],
    ["host-unknown", 'Component "archive.example.org"'],
  ] as const;
  const component = { domain: "archive.example.org", port: 5347 };
  for (const [condition, line] of refusals) {
    const error = new ConnectionError("refused", "Refused", { cause: new StreamError(condition) });
    assertStringIncludes(ofFailure(error, component).mend?.join("\n") ?? "", line);
  }
  const unreachable = ofFailure(new ConnectionError("unreachable", "Unreachable"), component);
  assertStringIncludes(unreachable.mend?.join("\n") ?? "", "component_ports = { 5347 }");
  const conflict = new ConnectionError("conflict", "Another is there", { cause: new StreamError("conflict") });
  assertEquals(ofFailure(conflict, component), { ok: false, found: "Another is there" });
});

Deno.test("ofHost() says of what could not be checked neither that it is well nor that it is not", () => {
  const unknown: readonly (readonly [string, Change])[] = [
    ["whether example.org hands copies", { ...EJABBERD, copies: 0, asked: 0 }],
    ["who answers users of example.org", { answerer: "unknown" }],
    ["who answers users of example.org", { asked: 0 }],
    ["what accounts of example.org show", { answerer: "annals", features: false, asked: 0 }],
  ];
  for (const [text, change] of unknown) {
    const [finding, ...others] = ofHost(hostThat(change), "archive.example.org").filter(({ ok }) => !ok);
    assertEquals([finding?.ok, others], [null, []]);
    assertStringIncludes(finding?.found ?? "", `not checked: ${text}`);
  }
});

Deno.test("ofStore() says whether the archives take anything", () => {
  assertEquals([ofStore(true).ok, ofStore(false).ok], [true, false]);
});
