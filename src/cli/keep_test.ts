/** `annals sweep`, `purge`, `backup`, `restore`, `verify` and `compact`, as an operator uses them. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { JULIET, NURSE, ROMEO } from "../../tests/support/store/messages.ts";
import { openSqliteReader } from "../store/sqlite/mod.ts";
import { verifyArchive } from "../store/sqlite/verify.ts";
import { FakeSite } from "../../tests/support/fake_site.ts";

/** Number of messages that a user has. */
async function held(site: FakeSite, user: string): Promise<number> {
  await using reader = openSqliteReader(site.path);
  return Number(await reader.count(user, {}));
}

/** The refusal of what would write beside the service. */
const IN_USE = "another process has it open; end that process (stop the service)";

Deno.test("sweep --dry-run says what a sweep would remove, beside the service, and sweep removes it", async () => {
  await using site = await FakeSite.make({ messages: 10 });
  const trim = ["--archive_expires_after", "never", "--archive_max_messages", "4"];
  {
    await using _service = await site.open();
    assertEquals(
      (await site.annals(0, "sweep", "--dry-run", ...trim)).printed,
      "A sweep would remove 0 messages (nothing expires), and 12 messages beyond archive_max_messages (4)\n",
    );
    assertMatch(
      (await site.annals(0, "sweep", "--dry-run", "--trust-clock")).printed,
      /^A sweep would remove 20 messages \(older than 20/,
    );
    assertStringIncludes((await site.annals(1, "sweep", ...trim)).errors.join(), IN_USE);
  }
  const { printed, errors } = await site.annals(0, "sweep", ...trim);
  assertEquals(printed, "Removed 12 messages\n");
  assertMatch(errors.join(), /event=sweep .*beyond_limit=12/);
  // The clock is years ahead of all that was ever kept.
  const held = await site.annals(0, "sweep", "--json");
  assertEquals(JSON.parse(held.printed).removed, 0);
  assertMatch(held.errors.join(), /event=sweep-held-back .*--trust-clock/);
  assertEquals(JSON.parse((await site.annals(0, "sweep", "--trust-clock", "--json")).printed).removed, 8);
  const { printed: none } = await site.annals(0, "sweep", "--dry-run", "--json");
  assertEquals(JSON.parse(none), { expired: 0, beyond_limit: 0 });
});

Deno.test("purge says what it will delete, asks, deletes it, and leaves others their copies", async () => {
  await using site = await FakeSite.make({ messages: 500 });
  const refused = await site.answered(["no"], 1, "purge", "--user", ROMEO);
  assertEquals(refused.errors, [
    `This deletes 500 messages of ${ROMEO}, and the preferences. There is no way back. Others keep their copies.`,
    "Go on? Type yes: ",
  ]);
  assertEquals(await held(site, ROMEO), 500);
  const { printed, errors } = await site.answered(["yes"], 0, "purge", "--user", ROMEO);
  assertEquals(printed, "Deleted 500 messages\n");
  assertMatch(errors.join(), /event=purged .*deleted=500 finished=true/);
  assertEquals([await held(site, ROMEO), await held(site, JULIET)], [0, 500]);
  assertMatch((await site.annals(1, "prefs", "--user", ROMEO)).errors.join(), /neither messages nor preferences/);
  assertEquals(verifyArchive(site.path), []);
});

Deno.test("purge of a part leaves the rest, and the preferences", async () => {
  await using site = await FakeSite.make({ messages: 500 });
  const before = await site.annals(0, "purge", "--user", ROMEO, "--before", "2020-01-01T00:16:40.300Z", "--yes");
  assertStringIncludes(before.errors.join(), "This deletes 300 messages from before 2020-01-01T00:16:40.300Z of");
  assertEquals(await held(site, ROMEO), 200);
  assertEquals(
    (await site.annals(0, "purge", "--user", ROMEO, "--with", NURSE, "--yes", "--json")).printed,
    '{"deleted":0}\n',
  );
  assertEquals(
    (await site.annals(0, "purge", "--user", ROMEO, "--with", JULIET, "--yes")).printed,
    "Deleted 200 messages\n",
  );
  assertMatch((await site.annals(0, "prefs", "--user", ROMEO)).printed, /^Default {2}roster$/m);
  assertEquals(verifyArchive(site.path), []);
  using db = new DatabaseSync(site.path, { readOnly: true });
  assertEquals(db.prepare("SELECT owner FROM archive").all().map(({ owner }) => owner), [JULIET]);
});

Deno.test("purge deletes nothing beside the service, nor where nobody is there to be asked", async () => {
  await using site = await FakeSite.make({ messages: 3 });
  {
    await using _service = await site.open();
    assertStringIncludes((await site.annals(1, "purge", "--user", ROMEO, "--yes")).errors.join(), IN_USE);
  }
  assertStringIncludes((await site.annals(64, "purge", "--user", ROMEO)).errors.join(), "--yes says that it shall be");
  assertEquals(await held(site, ROMEO), 3);
});

Deno.test("A backup that is taken beside the service is restored when that has stopped", async () => {
  await using site = await FakeSite.make({ messages: 30 });
  const file = site.file("backup.sqlite");
  {
    await using _service = await site.open();
    assertMatch((await site.annals(0, "backup", file)).printed, /^Backed up to .*backup\.sqlite: .* kB, verified\n$/);
    assertStringIncludes((await site.annals(1, "restore", file, "--yes")).errors.join(), IN_USE);
  }
  await site.annals(0, "purge", "--user", ROMEO, "--yes");
  const refused = await site.answered(["n"], 1, "restore", file);
  assertMatch(
    refused.errors[0] ?? "",
    /^This replaces .* \(30 messages in 1 archive, .*\) by the backup \(60 messages in 2/,
  );
  assertEquals(await held(site, ROMEO), 0);
  const { printed } = await site.annals(0, "restore", file, "--yes");
  assertEquals(printed, "Restored: 60 messages in 2 archives, the newest of 2020-01-01T00:16:40Z\n");
  assertEquals([await held(site, ROMEO), await held(site, JULIET)], [30, 30]);
});

Deno.test("restore refuses a backup in which none of the configured hosts has an archive", async () => {
  await using site = await FakeSite.make({ messages: 3 });
  const file = site.file("backup.sqlite");
  await site.annals(0, "backup", file);
  const elsewhere = ["--hosts", '["verona.example"]'];
  assertStringIncludes(
    (await site.annals(1, "restore", file, "--yes", ...elsewhere)).errors.join(),
    "found archives of capulet.example, montague.example, expected some of the configured hosts (verona.example)",
  );
  await site.annals(0, "restore", file, "--yes", "--hosts", '["capulet.example"]');
});

Deno.test("backup and restore need a file", async () => {
  await using site = await FakeSite.make();
  for (const command of ["backup", "restore"]) {
    assertStringIncludes(
      (await site.annals(64, command)).errors.join(),
      `Found no file, expected annals ${command} FILE`,
    );
  }
});

Deno.test("verify says whether the archives are sound, beside the service, and its exit code says so too", async () => {
  await using site = await FakeSite.make({ messages: 30 });
  {
    await using _service = await site.open();
    assertEquals((await site.annals(0, "verify")).printed, `${site.path} is sound\n`);
  }
  {
    using db = new DatabaseSync(site.path);
    db.exec("UPDATE archive SET settled = 99");
  }
  const { printed } = await site.annals(1, "verify");
  assertMatch(printed, /is not sound:\n {2}an archive counts its settled entries: 2 times not\nRestore a backup/);
  assertEquals(JSON.parse((await site.annals(1, "verify", "--json")).printed).sound, false);
});

Deno.test("compact gives room back, when the service has stopped", async () => {
  await using site = await FakeSite.make({ messages: 5000 });
  await site.annals(0, "purge", "--user", ROMEO, "--yes");
  await site.annals(0, "purge", "--user", JULIET, "--yes");
  {
    await using _service = await site.open();
    assertStringIncludes((await site.annals(1, "compact")).errors.join(), IN_USE);
  }
  const { before, after } = JSON.parse((await site.annals(0, "compact", "--json")).printed);
  assertEquals(after < before, true);
});

Deno.test("What changes archives makes none", async () => {
  await using site = await FakeSite.make();
  for (const command of [["sweep"], ["purge", "--user", ROMEO, "--yes"], ["compact"], ["verify"], ["backup", "b"]]) {
    assertStringIncludes((await site.annals(1, ...command)).errors.join(), "there are no archives yet");
  }
});
