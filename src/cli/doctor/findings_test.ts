import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectionError } from "../../stream/error.ts";
import { StreamError } from "../../xmpp/error.ts";
import type { HostFacts } from "./examine.ts";
import { ofFailure, ofHost } from "./findings.ts";

/** A host of Prosody's on the standard path, where all is well. */
const WELL: HostFacts = {
  host: "example.org",
  answers: true,
  module: false,
  delegated: true,
  features: true,
  older: false,
  roster: true,
  messages: true,
  answerer: "annals",
  returned: true,
  copied: true,
};

const CASES: readonly (readonly [string, Partial<HostFacts>, readonly string[]])[] = [
  ["that is well", {}, []],
  [
    "with a module, which need not grant anything",
    { module: true, delegated: false, messages: false, roster: false },
    [],
  ],
  ["that does not answer", { answers: false }, ["hosts in config.toml: is example.org one of the server's?"]],
  ["that delegates nothing", { delegated: false }, ["delegations = {", "mod_delegation: {"]],
  ["that grants no messages", { messages: false }, ["privileged_entities = {", "mod_privilege: {"]],
  ["that grants no rosters", { roster: false }, ["privileged_entities = {", "mod_privilege: {"]],
  ["whose own archive answers", { answerer: "another" }, ['remove "mam"', "mod_mam: { default: never }"]],
  ["that sends nothing", { returned: false, copied: false }, ['modules_enabled = { "delegation"; "privilege" }']],
  ["that copies nothing", { copied: false }, ["firewall_scripts = {"]],
  ["of ejabberd, which copies only what sessions send", { copied: false, older: true }, []],
];

for (const [name, change, mends] of CASES) {
  Deno.test(`ofHost() of a host ${name}`, () => {
    const bad = ofHost({ ...WELL, ...change }, "archive.example.org").filter(({ ok }) => ok === false);
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

Deno.test("ofHost() says what could not be checked", () => {
  const unchecked = (facts: Partial<HostFacts>) => (
    ofHost({ ...WELL, ...facts }, "archive.example.org").filter(({ ok }) => ok === null).length
  );
  assertEquals([unchecked({}), unchecked({ answerer: "unknown" }), unchecked({ copied: false, older: true })], [
    0,
    1,
    1,
  ]);
});
