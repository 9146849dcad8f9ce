/** Commands on archives that are in PostgreSQL, beside a service that has them open. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { JULIET, ROMEO, START } from "../../tests/support/store/messages.ts";
import { emptySchema, server } from "../../tests/support/store/postgresql.ts";
import type { PostgresqlServer } from "../../tests/support/servers/postgresql.ts";
import { program, run } from "../../tests/support/servers/postgresql_tools.ts";
import { FakeSite } from "../../tests/support/fake_site.ts";

function onPostgresql(name: string, play: (server: PostgresqlServer) => Promise<void>): void {
  Deno.test({
    name: `archives in PostgreSQL: ${name}`,
    ignore: server === undefined,
    fn: async () => server && await play(server),
  });
}

async function siteWith(messages: number): Promise<FakeSite> {
  return await FakeSite.make({ url: await emptySchema(), messages });
}

onPostgresql("what only reads, reads", async () => {
  await using site = await siteWith(60);
  await using service = await site.open();
  await service.note({ connected: { began: START, ended: START + 60_000 }, counted: { presence: 7 } });
  const { printed } = await site.annals(0, "stats");
  assertMatch(printed, /^Archives +2$/m);
  assertMatch(printed, /^Database +[\d.]+ MB$/m);
  assertMatch(printed, /^Messages +120, /m);
  assertMatch(printed, /^ {2}presence +7$/m);
  const user = ["--user", ROMEO];
  assertMatch((await site.annals(0, "stats", ...user)).printed, /^Messages +60$/m);
  assertEquals((await site.annals(0, "show", ...user)).printed.split("\n").length, 51);
  assertMatch((await site.annals(0, "prefs", ...user)).printed, /^Always +juliet@capulet.example$/m);
  assertEquals((await site.annals(0, "verify")).printed, "What is in PostgreSQL is sound\n");
  assertStringIncludes(
    (await site.annals(0, "sweep", "--dry-run", "--trust-clock")).printed,
    "A sweep would remove 120 messages",
  );
});

onPostgresql("what changes them does, while the service goes on", async () => {
  await using site = await siteWith(60);
  await using service = await site.open();
  assertEquals((await site.annals(0, "purge", "--user", JULIET, "--yes")).printed, "Deleted 60 messages\n");
  assertEquals(await service.count(JULIET, {}), 0);
  assertEquals((await site.annals(0, "sweep", "--trust-clock")).printed, "Removed 60 messages\n");
  assertEquals(await service.count(ROMEO, {}), 0);
});

onPostgresql("an export is imported into a database that is empty", async () => {
  await using old = await siteWith(600);
  await using other = await siteWith(0);
  const file = old.file("all.jsonl");
  await old.annals(0, "export", "--all", "--output", file);
  const { printed } = await other.annals(0, "import", "--from", "jsonl", file);
  assertMatch(printed, /^Taken: 1200 messages in 2 archives, preferences of 1 users\nThere already: 0 messages/);
  await other.annals(0, "export", "--all", "--output", `${file}2`);
  assertEquals(await Deno.readTextFile(`${file}2`), await Deno.readTextFile(file));
});

onPostgresql("what PostgreSQL does itself is left to it", async () => {
  await using site = await siteWith(0);
  const instead = "The archives are in PostgreSQL, which does that itself: ";
  for (
    const [args, means] of [[["backup", "x"], "pg_dump"], [
      ["restore", "x"],
      "pg_restore.*into a database that is empty",
    ], [["compact"], "VACUUM"]]
  ) {
    const { errors } = await site.annals(1, ...args ?? []);
    assertEquals(errors.length, 1);
    assertMatch(errors.join(), new RegExp(`^annals: Error: ${instead}.*${means}`));
  }
});

onPostgresql("what is said to be done in place of a backup and a restore brings everything back", async (server) => {
  const [kept, empty] = [server.url(await server.createDatabase()), server.url(await server.createDatabase())];
  await using site = await FakeSite.make({ url: kept, messages: 60 });
  const before = (await site.annals(0, "export", "--all")).printed;
  for (const [command, url] of [["backup", kept], ["restore", empty]] as const) {
    const { errors } = await site.annals(1, command, "x");
    const [, name = "", args = ""] = /: (pg_\w+) ([^,]*)/.exec(errors.join()) ?? [];
    const given = args.split(" ").map((word) => word.replace("URL", url).replace("FILE", `${server.folder}/dump`));
    await run([program(name), ...given], server.folder);
  }
  await site.keepIn(empty);
  assertEquals((await site.annals(0, "export", "--all")).printed, before);
  assertEquals((await site.annals(0, "verify")).printed, "What is in PostgreSQL is sound\n");
});

onPostgresql(
  "where there is nothing, nobody makes anything only to look, and the password is never shown",
  async (server) => {
    await using site = await siteWith(0);
    for (const command of [["stats"], ["sweep"], ["purge", "--user", ROMEO, "--yes"]]) {
      const { errors } = await site.annals(1, ...command);
      assertStringIncludes(errors.join(), "there is no archive in this database; start the service once");
    }
    const wrong = "postgresql://annals:hunter2@127.0.0.1:1/annals";
    for (
      const url of [wrong, server.url("annals").replace(":pw@", ":hunter2@"), wrong.replace("127.0.0.1", "no.invalid")]
    ) {
      const { printed, errors } = await site.annals(1, "stats", "--storage.postgresql.url", url);
      assertEquals(/hunter2/.test(printed + errors.join()), false);
      assertMatch(errors.join(), /Cannot open the archive "[^@]+"/);
    }
  },
);

onPostgresql("doctor says that everybody can read the file with the password", async () => {
  await using site = await siteWith(3);
  await Deno.writeTextFile(site.file("url"), await emptySchema(), { mode: 0o644 });
  const config = await Deno.readTextFile(site.file("config.toml"));
  await Deno.writeTextFile(site.file("config.toml"), config.replace(/^url = .*$/m, 'url_file = "url"'));
  const { printed } = await site.annals(1, "doctor");
  assertMatch(printed, /^ok {4}but: .*Every user of this machine can read ".*url"; chmod o-r keeps it secret$/m);
});

onPostgresql("doctor says whether they can be read, and whether a service is connected", async () => {
  await using site = await siteWith(3);
  const now = Date.now();
  const { printed: empty } = await site.annals(1, "doctor", "--storage.postgresql.url", await emptySchema());
  assertStringIncludes(empty, "ok    there are no archives yet; the service will make them in the database");
  {
    await using service = await site.open();
    await service.note({ connected: { began: START, ended: now }, counted: {} });
  }
  const { printed } = await site.annals(2, "doctor");
  assertStringIncludes(printed, "the database can be read: 6 messages in 2 archives");
  assertStringIncludes(printed, "the service runs, and is connected since 2020-01-01T00:16:40Z");
  assertStringIncludes(printed, "stop the service (systemctl stop annals), and two minutes later ask again");
  const { printed: without } = await site.annals(
    1,
    "doctor",
    "--storage.postgresql.url",
    "postgresql://a@127.0.0.1:1/a",
  );
  assertMatch(without, /^FAIL {2}Cannot open the archive "127.0.0.1:1\/a": no server answers there/m);
});

onPostgresql("doctor does not promise archives where none can be made", async (server) => {
  await using site = await siteWith(0);
  const found = async (url: string): Promise<string> =>
    (await site.annals(1, "doctor", "--storage.postgresql.url", url)).printed;
  await server.query("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
  assertMatch(await found(server.url("latin")), /^FAIL .*: its encoding is LATIN1, expected UTF8; create it with /m);
  const name = await server.createDatabase();
  await server.query(name, "CREATE USER guest PASSWORD 'pw'; REVOKE CREATE ON SCHEMA public FROM public");
  assertMatch(
    await found(server.url(name).replace("annals:", "guest:")),
    /^FAIL .*: there is no archive in this database, and the user may not make one; let the user in its URL own /m,
  );
});

onPostgresql("migrate-store takes everything along, in either direction, and once", async () => {
  await using site = await FakeSite.make({ messages: 600 });
  {
    await using service = await site.open();
    await service.note({ connected: { began: START, ended: START + 60_000 }, counted: { presence: 7 } });
    await service.noteSweep(START);
  }
  const before = (await site.annals(0, "export", "--all")).printed;
  const beforeStats = told((await site.annals(0, "stats", "--json")).printed);

  await site.keepIn(await emptySchema());
  const first = await site.annals(0, "migrate-store", "--from", "sqlite");
  assertMatch(first.printed, /^Taken: 1200 messages in 2 archives, preferences of 1 users\nThere already: 0 messages/);
  const second = await site.annals(0, "migrate-store", "--from", "sqlite", "--to", "postgresql");
  assertMatch(second.printed, /^Taken: 0 messages .*\nThere already: 1200 messages, preferences of 1 users$/m);
  assertEquals((await site.annals(0, "export", "--all")).printed, before);
  assertEquals(told((await site.annals(0, "stats", "--json")).printed), beforeStats);

  await Deno.remove(site.path);
  await site.annals(0, "migrate-store", "--from", "postgresql", "--to", "sqlite");
  assertEquals((await site.annals(0, "export", "--all", "--storage.archive2", "sqlite")).printed, before);
  assertEquals(told((await site.annals(0, "stats", "--json", "--storage.archive2", "sqlite")).printed), beforeStats);
});

onPostgresql(
  "migrate-store ends at the next step when it is interrupted, says so, and goes on from there",
  async () => {
    await using site = await FakeSite.make({ messages: 2000 });
    await site.keepIn(await emptySchema());
    const system = site.interrupted();
    assertEquals(await site.run(system, "migrate-store", "--from", "sqlite"), 130);
    assertEquals(system.errors.at(-1), "annals: Interrupted; what is left is done when it is asked for once more");
    const taken = Number(/^Taken: (\d+)/.exec(system.printed)?.[1]);
    assert(taken < 4000);
    const { printed } = await site.annals(0, "migrate-store", "--from", "sqlite");
    assertMatch(printed, new RegExp(`^Taken: ${4000 - taken} messages .*\nThere already: ${taken} messages`));
  },
);

onPostgresql("migrate-store takes the preferences of the store that is in use", async () => {
  await using site = await FakeSite.make({ messages: 3 });
  const url = await emptySchema();
  const migrate = ["migrate-store", "--from", "sqlite", "--to", "postgresql"];
  const prefer = async (word: "always" | "never"): Promise<void> => {
    await using store = await site.open();
    await store.setPreferences(ROMEO, { default: word, always: [], never: [] });
  };
  const preferred = async (): Promise<string> =>
    JSON.parse((await site.annals(0, "prefs", "--user", ROMEO, "--json")).printed).default;

  await site.annals(0, ...migrate, "--storage.postgresql.url", url);
  await prefer("never");
  await site.annals(0, ...migrate, "--storage.postgresql.url", url);
  await site.keepIn(url);
  assertEquals(await preferred(), "never");
  await prefer("always");
  await site.annals(0, ...migrate);
  assertEquals(await preferred(), "always");
});

/** Figures that `stats` prints of any store. */
function told(printed: string): object {
  const { bytes: _, ...rest } = JSON.parse(printed);
  return rest;
}

onPostgresql("migrate-store wants to know from where, and to where", async () => {
  await using site = await siteWith(0);
  const cases = [
    [[], '--from: Found "", expected sqlite or postgresql'],
    [["--from", "postgres"], '--from: Found "postgres", expected sqlite or postgresql'],
    [["--from", "sqlite", "--to", "memory"], '--to: Found "memory", expected sqlite or postgresql'],
    [["--from", "postgresql"], '--from: Found "postgresql", which is where the archives are to go'],
  ] as const;
  for (const [args, found] of cases) {
    assertStringIncludes((await site.annals(64, "migrate-store", ...args)).errors.join(), found);
  }
});
