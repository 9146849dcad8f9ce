/** `annals export` and `annals import`, as an operator uses them. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openSqliteStore } from "../store/sqlite/mod.ts";
import { JULIET } from "../../tests/support/store/messages.ts";
import { FakeSite } from "../../tests/support/fake_site.ts";

Deno.test("export and import move everything, and what was moved exports to the same file", async () => {
  await using old = await FakeSite.make({ messages: 1200 });
  await using other = await FakeSite.make();
  const file = old.file("all.jsonl");
  const { printed } = await old.annals(0, "export", "--all", "--output", file);
  assertEquals(printed, "Written: 2400 messages, preferences of 1 users\n");
  const taken = await other.annals(0, "import", "--from", "jsonl", file);
  assertMatch(taken.printed, /^Taken: 2400 messages in 2 archives, preferences of 1 users\nThere already: 0 messages/);
  assertMatch(taken.printed, /The oldest message is of 2020-01-01: .* archive_expires_after/);
  await other.annals(0, "export", "--all", "--output", file + "2");
  assertEquals(await Deno.readTextFile(file + "2"), await Deno.readTextFile(file));
});

Deno.test("import retracts what was retracted elsewhere, unless the configuration says not to", async () => {
  const said = (id: string, content: string) => ({
    owner: JULIET,
    id,
    time: `2026-11-22T18:00:0${id}.000Z`,
    with: "romeo@montague.example",
    stanza: `<message from='${JULIET}/b' to='romeo@montague.example' type='chat' id='m${id}'>${content}</message>`,
  });
  const lines = [said("1", "<body>secret</body>"), said("2", "<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>")];
  for (const [flags, expected] of [[[], false], [["--retraction", "false"], true]] as const) {
    await using site = await FakeSite.make();
    await Deno.writeTextFile(site.file("all.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await site.annals(0, "import", "--from", "jsonl", site.file("all.jsonl"), ...flags);
    const { printed } = await site.annals(0, "export", "--all");
    assertEquals([printed.includes("secret"), printed.includes("<retracted ")], [expected, !expected]);
  }
});

Deno.test("export of one user writes to standard output, what is said about it to standard error", async () => {
  await using site = await FakeSite.make({ messages: 2 });
  const { printed, errors } = await site.annals(0, "export", "--user", JULIET, "--json");
  assertEquals(printed.trim().split("\n").map((line) => JSON.parse(line).owner), [JULIET, JULIET]);
  assertEquals(errors, ['{"messages":2,"preferences":0}']);
  const { errors: of_nobody } = await site.annals(1, "export", "--user", "nobody@capulet.example");
  assertEquals(of_nobody, [
    'annals: There is nothing of "nobody@capulet.example" in the archives: neither messages nor preferences',
  ]);
});

Deno.test("an export is readable by its owner only, and is there when it is complete", async () => {
  await using site = await FakeSite.make({ messages: 2 });
  const file = site.file("all.jsonl");
  await Deno.writeTextFile(file, "of last week");
  await Deno.chmod(file, 0o644);
  await site.annals(0, "export", "--all", "--output", file, "--force");
  assertEquals(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
  const names = await Array.fromAsync(Deno.readDir(site.folder), ({ name }) => name);
  assertEquals(names.sort(), ["all.jsonl", "config.toml", "data"]);
});

Deno.test("export goes on while the archives are in use, import does not", async () => {
  await using site = await FakeSite.make({ messages: 2 });
  await using _service = await openSqliteStore({ path: site.path });
  const { printed } = await site.annals(0, "export", "--all");
  await Deno.writeTextFile(site.file("all.jsonl"), printed);
  const { errors } = await site.annals(1, "import", "--from", "jsonl", site.file("all.jsonl"));
  assertStringIncludes(errors.join(), "another process has it open; end that process (stop the service)");
});

Deno.test("an import that cannot go on says where, and what it has taken", async () => {
  await using site = await FakeSite.make({ messages: 2 });
  const file = site.file("all.jsonl");
  await site.annals(0, "export", "--all", "--output", file);
  await using other = await FakeSite.make();
  await Deno.writeTextFile(file, "garbage", { append: true });
  const { printed, errors } = await other.annals(1, "import", "--from", "jsonl", file, "--json");
  assertEquals(JSON.parse(printed).messages, { taken: 4, held: 0 });
  assertMatch(
    errors.join("\n"),
    /^annals: TransferError: Cannot read "[^"]+", line 6: found no item, expected an object with/,
  );
});

Deno.test("an import that is interrupted says so and what it has taken, and goes on from there", async () => {
  await using site = await FakeSite.make({ messages: 2000 });
  const file = site.file("all.jsonl");
  await site.annals(0, "export", "--all", "--output", file);
  await using other = await FakeSite.make();
  const system = other.interrupted();
  assertEquals(await other.run(system, "import", "--from", "jsonl", file, "--json"), 130);
  assertEquals(system.errors.at(-1), "annals: Interrupted; what is left is done when it is asked for once more");
  const { taken } = JSON.parse(system.printed).messages;
  const { printed } = await other.annals(0, "import", "--from", "jsonl", file, "--json");
  assertEquals(JSON.parse(printed).messages, { taken: 4000 - taken, held: taken });
});

Deno.test("an import into archives that cannot be opened says that alone", async () => {
  await using site = await FakeSite.make({ messages: 2 });
  const file = site.file("all.jsonl");
  await site.annals(0, "export", "--all", "--output", file);
  await Deno.writeTextFile(site.path, "no database");
  assertEquals((await site.annals(1, "import", "--from", "jsonl", file)).printed, "");
});

Deno.test("an import that can take nothing of what there is fails, and says why", async () => {
  await using site = await FakeSite.make({ messages: 2 });
  const file = site.file("juliet.jsonl");
  await site.annals(0, "export", "--user", JULIET, "--output", file);
  const exported = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, exported.replaceAll(/"id":"/g, "$&\\u0001"));
  const { printed, errors } = await site.annals(1, "import", "--from", "jsonl", file);
  assertStringIncludes(printed, "Not taken: 2, with an archive id of characters that XML does not have\n");
  assertStringIncludes(errors.join(), `Found nothing in "${file}" that can be taken`);
  await Deno.writeTextFile(file, exported, { append: true });
  await site.annals(0, "import", "--from", "jsonl", file);
  await Deno.writeTextFile(file, "");
  await site.annals(0, "import", "--from", "jsonl", file);
});

Deno.test("what makes no sense is a wrong command line", async () => {
  const cases: readonly (readonly [string[], string])[] = [
    [["export"], "Found no choice of users, expected annals export (--user JID | --all)"],
    [["export", "--all", "--user", JULIET], "Found no choice of users"],
    [["export", "--user", "juliet@"], '--user: Found "juliet@", expected a bare JID'],
    [["export", "--all", "--format", "csv"], '--format: Found "csv", expected jsonl or xep0227'],
    [["import", "x"], '--from: Found "", expected one of jsonl, xep0227, prosody-internal'],
    [["import", "--from", "jsonl"], "Found no path, expected annals import --from"],
    [
      ["import", "--from", "jsonl", "x", "--host", "verona.example"],
      '--host: Found "verona.example", expected one of the hosts',
    ],
    [["import", "--from", "jsonl", "x", "y"], 'Found "y", expected annals import'],
  ];
  await using site = await FakeSite.make();
  for (const [args, message] of cases) assertStringIncludes((await site.annals(64, ...args)).errors.join(), message);
});
