/** Commands on a machine where the service has never run, and files that they cannot use. */
import { assertEquals, assertMatch } from "@std/assert";
import { FakeSite } from "../../tests/support/fake_site.ts";

/** User and group of nobody, as far as files are concerned. */
const SERVICE = 65_534;

/** Reports whether files can be given to others here, which takes root. */
async function isRoot(): Promise<boolean> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.chown(file, SERVICE, SERVICE);
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(file);
  }
}

/** The owners of everything in a folder, the folder too. */
async function ownersIn(folder: string): Promise<Map<string, number | null>> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const owners = [".", ...names].map(async (name) => [name, (await Deno.stat(`${folder}/${name}`)).uid] as const);
  return new Map(await Promise.all(owners));
}

for (const command of ["restore", "import"] as const) {
  Deno.test({
    name: `${command} as root makes files of the folder's owner, so that the service can start`,
    ignore: !await isRoot(),
    async fn(): Promise<void> {
      await using old = await FakeSite.make({ messages: 3 });
      const [backup, jsonl] = [old.file("backup.sqlite"), old.file("all.jsonl")];
      await old.annals(0, "backup", backup);
      await old.annals(0, "export", "--all", "--output", jsonl);
      await using site = await FakeSite.make();
      await Deno.chown(site.folder, SERVICE, SERVICE);
      const args = command === "restore" ? ["restore", backup, "--yes"] : ["import", "--from", "jsonl", jsonl];
      await site.annals(0, ...args);
      // While it is open, the log and its index are there too.
      await using _open = await site.open();
      const owners = await ownersIn(site.file("data"));
      const made = [".", ...["", "-wal", "-shm", "-lock"].map((suffix) => `archive2.sqlite${suffix}`)];
      assertEquals(new Set(made).difference(owners), new Set());
      assertEquals(new Set(owners.values()), new Set([SERVICE]));
    },
  });
}

const BEFORE = [
  ["stats"],
  ["show", "--user", "romeo@montague.example"],
  ["prefs", "--user", "romeo@montague.example"],
  ["purge", "--user", "romeo@montague.example", "--yes"],
  ["sweep"],
  ["sweep", "--dry-run"],
  ["verify"],
  ["compact"],
  ["backup", "/tmp/annals-no-backup.sqlite"],
  ["export", "--all"],
];

for (const args of BEFORE) {
  Deno.test(`annals ${args.join(" ")} before the first start says that there are no archives yet, and makes none`, async () => {
    await using site = await FakeSite.make();
    const { printed, errors } = await site.annals(1, ...args);
    assertEquals([printed, errors], ["", [
      `annals: Cannot open the archive "${site.path}": there are no archives yet; the service makes them when it starts`,
    ]]);
    assertEquals(await Array.fromAsync(Deno.readDir(site.folder), ({ name }) => name), ["config.toml"]);
  });
}

Deno.test("A file that cannot be written, or is no backup, is refused in one sentence", async () => {
  await using site = await FakeSite.make({ messages: 1 });
  await Deno.writeTextFile(site.file("file"), "To do: buy milk\n".repeat(100));
  const cases: readonly (readonly [args: string[], said: string])[] = [
    [["backup", site.file("none/b")], `Cannot back up to "${site.file("none/b")}": its folder does not exist`],
    [["backup", site.file("file/b")], `Cannot back up to "${site.file("file/b")}": a part of its path is a file`],
    [
      ["export", "--all", "--output", site.file("none/e")],
      `Cannot export to "${site.file("none/e")}": its folder does`,
    ],
    [["restore", "/etc/passwd"], 'Cannot restore the archive "/etc/passwd": it is not a database; give the path of a'],
    [["restore", site.file("file")], `Cannot restore the archive "${site.file("file")}": it is not a database; give`],
    [["restore", site.file("none")], `Cannot restore the archive "${site.file("none")}": there is no such file; give`],
    [["restore", site.file("data")], `Cannot open the archive "${site.file("data")}": it is a folder; give the path`],
  ];
  for (const [args, said] of cases) {
    const { errors, printed } = await site.annals(1, ...args);
    assertEquals([printed, errors.length, errors[0]?.startsWith(`annals: ${said}`)], ["", 1, true], errors[0]);
    assertMatch(errors[0] ?? "", /^annals: [^;]+(; give the path of (a backup|a file))?$/);
  }
});
