/** Commands that change archives, beside a service that has them open. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openSqliteReader } from "../store/sqlite/mod.ts";
import { verifyArchive } from "../store/sqlite/verify.ts";
import { JULIET, ROMEO } from "../../tests/support/store/messages.ts";
import { type FakeService, FakeSite } from "../../tests/support/fake_site.ts";

/** Number of messages that a user has. */
async function held(site: FakeSite, user: string): Promise<number> {
  await using reader = openSqliteReader(site.path);
  return Number(await reader.count(user, {}));
}

/** Events of one name that the service has logged. */
function logged({ events }: FakeService, name: string): unknown {
  return events.find(({ event }) => event === name)?.fields;
}

Deno.test("sweep asks the service, which removes what the command's configuration says", async () => {
  await using site = await FakeSite.make({ messages: 10 });
  await using service = await site.serve();
  const trim = ["--archive_expires_after", "never", "--archive_max_messages", "4"];
  const { printed, errors } = await site.annals(0, "sweep", ...trim);
  assertEquals([printed, errors], ["Removed 12 messages\n", []]);
  assertMatch(JSON.stringify(logged(service, "sweep")), /"beyond_limit":12/);
  const trusted = await site.annals(0, "sweep", "--trust-clock", "--json");
  assertEquals(JSON.parse(trusted.printed).removed, 8);
  assertEquals(verifyArchive(site.path), []);
});

Deno.test("purge asks the service, and the service forgets the preferences", async () => {
  await using site = await FakeSite.make({ messages: 500 });
  await using service = await site.serve();
  const before = await site.annals(0, "purge", "--user", ROMEO, "--before", "2020-01-01T00:16:40.300Z", "--yes");
  assertEquals(before.printed, "Deleted 300 messages\n");
  assertEquals(await held(site, ROMEO), 200);
  const { printed } = await site.answered(["yes"], 0, "purge", "--user", ROMEO);
  assertEquals(printed, "Deleted 200 messages\n");
  assertMatch((await site.annals(1, "prefs", "--user", ROMEO)).errors.join(), /neither messages nor preferences/);
  assertEquals([await held(site, ROMEO), await held(site, JULIET)], [0, 500]);
  assertEquals(logged(service, "purged"), {
    plugin: "mam",
    user: ROMEO,
    before: "2020-01-01T00:16:40.300Z",
    deleted: 300,
    finished: true,
  });
  assertEquals(JSON.parse((await site.annals(0, "purge", "--user", JULIET, "--yes", "--json")).printed).deleted, 500);
  assertEquals(verifyArchive(site.path), []);
});

Deno.test("compact asks the service, and the file is smaller while that runs", async () => {
  await using site = await FakeSite.make({ messages: 5000 });
  await using service = await site.serve();
  for (const user of [ROMEO, JULIET]) await site.annals(0, "purge", "--user", user, "--yes");
  const { before, after } = JSON.parse((await site.annals(0, "compact", "--json")).printed);
  assert(after < before);
  assertEquals((await Deno.stat(site.path)).size, after);
  assertEquals(logged(service, "compacted"), { before, after });
});

Deno.test("compact counts what only the log holds as the database's, too", async () => {
  await using site = await FakeSite.make({ messages: 1 });
  await using _service = await site.serve();
  await using old = await FakeSite.make({ messages: 2000 });
  await old.annals(0, "export", "--all", "--output", old.file("all.jsonl"));
  await site.annals(0, "import", "--from", "jsonl", old.file("all.jsonl"));
  const { before, after } = JSON.parse((await site.annals(0, "compact", "--json")).printed);
  assertEquals(before, after);
});

Deno.test("import goes through the service, once more adds nothing, and preferences hold at once", async () => {
  await using old = await FakeSite.make({ messages: 1200 });
  const file = old.file("all.jsonl");
  await old.annals(0, "export", "--all", "--output", file);
  await using site = await FakeSite.make();
  await using service = await site.serve();
  const taken = await site.annals(0, "import", "--from", "jsonl", file);
  assertMatch(taken.printed, /^Taken: 2400 messages in 2 archives, preferences of 1 users\nThere already: 0 messages/);
  const again = JSON.parse((await site.annals(0, "import", "--from", "jsonl", file, "--json")).printed);
  assertEquals([again.messages, again.preferences], [{ taken: 0, held: 2400 }, { taken: 0, held: 1 }]);
  assertEquals(logged(service, "imported"), { plugin: "mam", messages: 2400, preferences: 1 });
  await site.annals(0, "export", "--all", "--output", file + "2");
  assertEquals(await Deno.readTextFile(file + "2"), await Deno.readTextFile(file));
  assertEquals(verifyArchive(site.path), []);
});

Deno.test("restore has the service take a backup, and leaves it with the archives that it has where that is none", async () => {
  await using site = await FakeSite.make({ messages: 30 });
  await using service = await site.serve();
  const file = site.file("backup.sqlite");
  await site.annals(0, "backup", file);
  await site.annals(0, "purge", "--user", ROMEO, "--yes");
  await Deno.writeTextFile(site.file("bad.sqlite"), "of another kind");
  assertStringIncludes((await site.annals(1, "restore", site.file("bad.sqlite"), "--yes")).errors.join(), "bad.sqlite");
  assertEquals([await held(site, ROMEO), logged(service, "restored")], [0, undefined]);
  const { printed, errors } = await site.answered(["yes"], 0, "restore", file);
  assertEquals(printed, "Restored: 60 messages in 2 archives, the newest of 2020-01-01T00:16:40Z\n");
  assertStringIncludes(errors.join(), "(30 messages in 1 archive, ");
  assertEquals([await held(site, ROMEO), await held(site, JULIET)], [30, 30]);
  assertEquals(logged(service, "restored"), { path: site.path, file, messages: 60 });
  assertEquals((await site.annals(0, "purge", "--user", ROMEO, "--yes")).printed, "Deleted 30 messages\n");
  assertEquals(verifyArchive(site.path), []);
  const names = await Array.fromAsync(Deno.readDir(`${site.folder}/data`), ({ name }) => name);
  assertEquals(names.filter((name) => /restoring|replaced/.test(name)), []);
});

Deno.test("Two commands at once are both done", async () => {
  await using site = await FakeSite.make({ messages: 2000 });
  await using _service = await site.serve();
  const purges = [ROMEO, JULIET].map((user) => site.annals(0, "purge", "--user", user, "--yes"));
  const printed = (await Promise.all([...purges, site.annals(0, "compact")])).map(({ printed }) => printed);
  assertEquals(printed.slice(0, 2), ["Deleted 2,000 messages\n", "Deleted 2,000 messages\n"]);
  assertEquals(verifyArchive(site.path), []);
});

Deno.test("Ctrl-C of a command ends what the service does for it at the next step, and says how far it came", async () => {
  await using site = await FakeSite.make({ messages: 5000 });
  await using service = await site.serve();
  const system = site.interrupted();
  assertEquals(await site.run(system, "purge", "--user", ROMEO, "--yes", "--json"), 130);
  const { deleted } = JSON.parse(system.printed);
  assert(deleted > 0 && deleted < 5000);
  assertEquals(system.errors.at(-1), "annals: Interrupted; what is left is done when it is asked for once more");
  assertEquals(await held(site, ROMEO), 5000 - deleted);
  assertMatch(JSON.stringify(logged(service, "purged")), /"finished":false/);
});

Deno.test("A socket that a killed service left is in nobody's way", async () => {
  await using site = await FakeSite.make({ messages: 3 });
  Deno.listen({ transport: "unix", path: `${site.path}-control` }).close();
  assertEquals((await site.annals(0, "purge", "--user", ROMEO, "--yes")).printed, "Deleted 3 messages\n");
  await using _service = await site.serve();
  assertEquals((await site.annals(0, "purge", "--user", JULIET, "--yes")).printed, "Deleted 3 messages\n");
});
