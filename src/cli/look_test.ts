/** `annals stats`, `show` and `prefs`, as an operator uses them, beside a service that has the archives open. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { memoryLog } from "../log/log.ts";
import { noting } from "../plugins/mam/upkeep/controls.ts";
import { Controls } from "../runtime/control/control.ts";
import { startControl } from "../runtime/control/server.ts";
import { socketOf } from "../runtime/control/socket.ts";
import { answeredElsewhere } from "../runtime/delegation_watch.ts";
import type { NewMessage } from "../store/archive.ts";
import { JULIET, messageAt, NURSE, ROMEO, START } from "../../tests/support/store/messages.ts";
import { FakeSite } from "../../tests/support/fake_site.ts";

Deno.test("stats says what there is, what was not kept, and when the server could not reach it", async () => {
  await using site = await FakeSite.make({ messages: 1200 });
  await using service = await site.open();
  await service.noteSweep(START);
  await service.note({ connected: { began: START, ended: START + 60_000 }, counted: { stored: 1200, presence: 7 } });
  await service.note({ connected: { began: START + 120_000, ended: START + 180_000 }, counted: { presence: 1 } });
  const { printed } = await site.annals(0, "stats");
  assertMatch(printed, /^Archives +2$/m);
  assertMatch(printed, /^Messages +2,400, each counted in every archive that has it$/m);
  assertMatch(printed, /^Oldest +2020-01-01T00:16:40Z$/m);
  assertMatch(printed, /^Database +[\d.]+ kB, of which .* are free; .* in its log$/m);
  assertMatch(printed, /^Last sweep +2020-01-01T00:16:40Z$/m);
  assertMatch(printed, /^Next sweep +2020-01-01T04:16:40Z$/m);
  assertMatch(printed, /^ {2}presence +8$/m);
  assertMatch(printed, /^Out of reach +2 times since 2020-01-01T00:16:40Z; without the server's module, /m);
  assertMatch(printed, /^ {2}2020-01-01T00:17:40Z +until 2020-01-01T00:18:40Z, 1 min$/m);
  assertMatch(printed, /^ {2}2020-01-01T00:19:40Z +until now$/m);
});

Deno.test("stats --json says so for a program", async () => {
  await using site = await FakeSite.make({ messages: 3 });
  await using service = await site.open();
  await service.note({ connected: { began: START, ended: START + 60_000 }, counted: { stored: 3, lost: 1, error: 2 } });
  const { bytes, ...found } = JSON.parse((await site.annals(0, "stats", "--json")).printed);
  assertEquals(found, {
    archives: 2,
    messages: 6,
    oldest: "2020-01-01T00:16:40.000Z",
    newest: "2020-01-01T00:16:40.002Z",
    last_sweep: null,
    next_sweep: null,
    counted_since: "2020-01-01T00:16:40.000Z",
    stored: 3,
    lost: 1,
    skipped: { error: 2 },
    watched_since: "2020-01-01T00:16:40.000Z",
    unreachable: [{ from: "2020-01-01T00:17:40.000Z", to: null }],
    answered_elsewhere: null,
  });
  assertEquals(Object.keys(bytes), ["database", "log", "free"]);
});

Deno.test("stats names the hosts whose users another module of the server answers, as the service has found", async () => {
  await using site = await FakeSite.make({ messages: 1 });
  await using _store = await site.open();
  const controls = new Controls();
  controls.add(noting, () => true);
  controls.add(answeredElsewhere, () => ["example.test"]);
  await using _socket = await startControl(socketOf(await Deno.realPath(site.path)), { controls, log: memoryLog() });
  const { printed } = await site.annals(0, "stats");
  assertMatch(printed, /^Not asked +another module of the server \(mod_mam\) answers users of example\.test: /m);
  const { answered_elsewhere } = JSON.parse((await site.annals(0, "stats", "--json")).printed);
  assertEquals(answered_elsewhere, ["example.test"]);
});

Deno.test("stats of archives that were never used, and of those that keep everything", async () => {
  await using site = await FakeSite.make({ messages: 1 });
  const { printed } = await site.annals(0, "stats", "--archive_expires_after", "never");
  assertMatch(printed, /^Next sweep +none: everything is kept$/m);
  assertMatch(printed, /^Not kept +nothing$/m);
  assertMatch(printed, /^Out of reach +not known: /m);
});

Deno.test("stats --user is about one archive", async () => {
  await using site = await FakeSite.make({ messages: 3 });
  const { printed } = await site.annals(0, "stats", "--user", ROMEO);
  assertMatch(printed, /^Messages +3\nSize {9}\d+ bytes\nOldest {7}2020-01-01T00:16:40Z\n/m);
  assertMatch(printed, /^Preferences {2}their own$/m);
  const { printed: json } = await site.annals(0, "stats", "--user", JULIET, "--json");
  const { bytes, ...found } = JSON.parse(json);
  assertEquals(found, {
    user: JULIET,
    messages: 3,
    preferences: false,
    oldest: "2020-01-01T00:16:40.000Z",
    newest: "2020-01-01T00:16:40.002Z",
  });
  assert(bytes > 100);
});

Deno.test("prefs shows what a user wants archived, or what holds where there is no wish", async () => {
  await using site = await FakeSite.make({ messages: 1 });
  await using _service = await site.open();
  const { printed } = await site.annals(0, "prefs", "--user", ROMEO);
  assertEquals(printed, `Default  roster\nAlways   ${JULIET}\nNever    -\n`);
  const { printed: json } = await site.annals(0, "prefs", "--user", ROMEO, "--json");
  assertEquals(JSON.parse(json), { default: "roster", always: [JULIET], never: [] });
  const { printed: none } = await site.annals(0, "prefs", "--user", JULIET);
  assertEquals(none, `${JULIET} has no preferences: default_archive_policy = true is what holds\n`);
  assertEquals((await site.annals(0, "prefs", "--user", JULIET, "--json")).printed, "null\n");
});

for (const command of ["stats", "show", "prefs", "purge"]) {
  Deno.test(`${command} of a user or a host that is not known is an error`, async () => {
    await using site = await FakeSite.make({ messages: 1 });
    const more = command === "purge" ? ["--yes"] : [];
    const unknown = await site.annals(1, command, "--user", NURSE, ...more);
    assertEquals(unknown.errors, [
      `annals: There is nothing of "${NURSE}" in the archives: neither messages nor preferences`,
    ]);
    const elsewhere = await site.annals(64, command, "--user", "romeo@verona.example", ...more);
    assertEquals(elsewhere.errors, [
      'annals: --user: Found "romeo@verona.example", expected an account of the hosts of the configuration: ' +
      "montague.example, capulet.example",
    ]);
    assertEquals([unknown.printed, elsewhere.printed], ["", ""]);
  });
}

/** A message between Romeo and Juliet, in both their archives. */
function told(millisecond: number, [from, to]: readonly [string, string], inner: string): NewMessage {
  const stanza = `<message xmlns="jabber:client" from="${from}" to="${to}" type="chat">${inner}</message>`;
  return { ...messageAt(millisecond, { archive: ROMEO, with: JULIET }), stanza };
}

async function conversation(): Promise<FakeSite> {
  const site = await FakeSite.make();
  await using store = await site.open();
  await store.append([
    told(0, [`${ROMEO}/orchard`, JULIET], "<body>Art thou not Romeo?\u202e</body>"),
    told(1000, [`${JULIET}/balcony`, `${ROMEO}/orchard`], "<body>Ay me!</body><request xmlns='urn:xmpp:receipts'/>"),
    told(2000, [JULIET, ROMEO], "<received xmlns='urn:xmpp:receipts' id='1'/>"),
  ]);
  return site;
}

Deno.test("show tells who wrote when, and what was said only where it is asked for", async () => {
  await using site = await conversation();
  await using _service = await site.open();
  const { printed } = await site.annals(0, "show", "--user", ROMEO);
  assertEquals(
    printed,
    `\
2020-01-01T00:16:40Z  to ${JULIET}  (text)
2020-01-01T00:16:41Z  from ${JULIET}/balcony  (text, receipt)
2020-01-01T00:16:42Z  from ${JULIET}  (receipt)
`,
  );
  const { printed: said } = await site.annals(0, "show", "--user", ROMEO, "--bodies");
  assertStringIncludes(said, `to ${JULIET}  Art thou not Romeo?\\u202e\n`);
});

Deno.test("show selects by the other end and by time, and as many as are asked for", async () => {
  await using site = await conversation();
  const cases: readonly (readonly [readonly string[], number])[] = [
    [["--with", JULIET], 3],
    [["--with", NURSE], 0],
    [["--after", "2020-01-01T00:16:41Z"], 2],
    [["--before", "2020-01-01T00:16:41Z"], 1],
    [["--before", "2020-01-01"], 0],
    [["--after", "2020-01-01", "--max", "2"], 2],
  ];
  for (const [args, lines] of cases) {
    const { printed } = await site.annals(0, "show", "--user", ROMEO, ...args);
    assertEquals(printed.split("\n").length - 1, lines, args.join(" "));
  }
});

Deno.test("show goes on to older messages while somebody at the terminal wants it", async () => {
  await using site = await conversation();
  const { printed } = await site.answered(["", "q"], 0, "show", "--user", ROMEO, "--max", "1");
  assertEquals(printed.match(/\d\dZ/g), ["42Z", "41Z"]);
});

Deno.test("show --json is for programs, and has no bodies either", async () => {
  await using site = await conversation();
  const { printed } = await site.annals(0, "show", "--user", ROMEO, "--max", "1", "--json");
  const { id, ...rest } = JSON.parse(printed);
  assertEquals([typeof id, rest], ["string", {
    time: "2020-01-01T00:16:42.000Z",
    from: JULIET,
    to: ROMEO,
    type: "chat",
    holds: ["receipt"],
  }]);
  const { printed: whole } = await site.annals(0, "show", "--user", ROMEO, "--json", "--bodies");
  assertStringIncludes(whole, "Ay me!");
});

Deno.test("What makes no sense is a wrong command line", async () => {
  await using site = await FakeSite.make({ messages: 1 });
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["show"], "--user: Found nothing, expected a bare JID such as juliet@example.org"],
    [["prefs", "--user", "capulet.example"], '--user: Found "capulet.example", expected a bare JID'],
    [["stats", "--user", `${ROMEO}/orchard`], `--user: Found "${ROMEO}/orchard", expected a bare JID`],
    [["show", "--user", ROMEO, "--with", "@"], '--with: Found "@", expected a JID such as'],
    [["show", "--user", ROMEO, "--after", "yesterday"], '--after: Found "yesterday", expected a date or a time'],
    [["show", "--user", ROMEO, "--max", "0"], '--max: Found "0", expected an integer of at least 1'],
    [["show", "--user", ROMEO, "--frobnicate", "0"], "--frobnicate: Unknown option"],
    [["stats", "--usr", ROMEO], "--usr: Unknown option; did you mean --user?"],
    [["show", "--user", ROMEO, "--afterr", "2020-01-01"], "--afterr: Unknown option; did you mean --after?"],
  ];
  for (const [args, message] of cases) {
    assertStringIncludes((await site.annals(64, ...args)).errors.join("\n"), message);
  }
});

Deno.test("Archives that are not there yet, or in the memory of a service, cannot be looked at", async () => {
  await using site = await FakeSite.make();
  assertStringIncludes((await site.annals(1, "stats")).errors.join(), "there are no archives yet");
  const { errors } = await site.annals(1, "stats", "--storage.archive2", "memory");
  assertStringIncludes(errors.join(), 'found archive2 = "memory", expected "sqlite"');
});
