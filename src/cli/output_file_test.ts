/**
 * Tests of the files that `annals backup` and `annals export` write: never one that is needed, and one that exists only
 * when that is asked for.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeSite } from "../../tests/support/fake_site.ts";

const WRITERS: Readonly<Record<string, (file: string) => string[]>> = {
  backup: (file) => ["backup", file],
  export: (file) => ["export", "--all", "--output", file],
};

/** Everything in a site, by name. */
async function contents(site: FakeSite): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  for (const folder of [site.folder, `${site.folder}/data`]) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      // Of the index of the log, readers write a part.
      if (isFile && !name.endsWith("-shm")) held.set(name, (await Deno.readFile(`${folder}/${name}`)).toBase64());
    }
  }
  return held;
}

for (const [command, line] of Object.entries(WRITERS)) {
  Deno.test(`${command} never replaces a file of the archive or of the configuration, whatever leads there`, async () => {
    await using site = await FakeSite.make({ messages: 3 });
    await using _service = await site.open();
    await Deno.symlink(site.path, site.file("link"));
    await Deno.link(site.path, site.file("hard"));
    await Deno.symlink(site.file("data"), site.file("folder"));
    await Deno.link(site.path, site.file("name.part"));
    const before = await contents(site);
    const archive = "is a file of the archive itself";
    const cases: readonly (readonly [name: string, code: number, found: string])[] = [
      ["data/archive2.sqlite", 1, archive],
      ["data/archive2.sqlite-wal", 1, archive],
      ["data/archive2.sqlite-shm", 1, archive],
      ["data/archive2.sqlite-lock", 1, archive],
      ["data/../data/archive2.sqlite-replaced", 1, archive],
      ["link", 1, archive],
      ["hard", 1, archive],
      ["folder/archive2.sqlite", 1, archive],
      ["folder/archive2.sqlite-journal", 1, archive],
      ["name", 1, archive],
      ["config.toml", 64, "it is of the configuration"],
      ["data/../config.toml", 64, "it is of the configuration"],
      ["folder", 64, "it is there already, and no file"],
    ];
    for (const [name, code, found] of cases) {
      for (const force of [[], ["--force"]]) {
        assertStringIncludes((await site.annals(code, ...line(site.file(name)), ...force)).errors.join(), found);
      }
    }
    assertEquals(await contents(site), before);
  });

  Deno.test(`${command} replaces another file only with --force`, async () => {
    await using site = await FakeSite.make({ messages: 3 });
    const file = site.file("yesterday");
    await Deno.writeTextFile(file, "of yesterday");
    const { errors } = await site.annals(64, ...line(file));
    assertStringIncludes(errors.join(), `to "${file}": it is there already; give another name, or say --force`);
    assertEquals(await Deno.readTextFile(file), "of yesterday");
    await site.annals(0, ...line(file), "--force");
    assertEquals((await Deno.readTextFile(file)).includes("of yesterday"), false);
  });
}
