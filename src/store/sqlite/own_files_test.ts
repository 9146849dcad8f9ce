import { assertEquals } from "@std/assert";
import { OwnFiles } from "./own_files.ts";

const LONG_AGO = new Date("2020-01-01T00:00:00Z");

interface Place {
  /** Path of the configuration: a link to the database, in a folder of its own. */
  readonly path: string;
  readonly real: string;
  readonly files: OwnFiles;
}

/** Makes the files of a database, and folders that seem to be unchanged for years. */
async function withFiles(play: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-own-files-" });
  for (const name of ["data", "etc"]) await Deno.mkdir(`${folder}/${name}`);
  const [path, real] = [`${folder}/etc/archive.sqlite`, `${folder}/data/archive.sqlite`];
  for (const file of [real, `${real}-wal`, `${real}-shm`]) await Deno.writeTextFile(file, "");
  await Deno.symlink(real, path);
  await seemUnchanged(folder);
  const files = new OwnFiles(path, real);
  assertEquals([files.displacedLately(), files.displacedLately()], [undefined, undefined]);
  await play({ path, real, files });
  await Deno.remove(folder, { recursive: true });
}

/** Sets times back, as rsync -a, tar and cp -a do. */
async function seemUnchanged(folder: string): Promise<void> {
  for (const name of ["data", "etc"]) await Deno.utime(`${folder}/${name}`, LONG_AGO, LONG_AGO);
}

Deno.test("OwnFiles finds a database that was replaced, though the time of its folder was set back", () =>
  withFiles(async ({ path, real, files }) => {
    await Deno.writeTextFile(`${real}.new`, "");
    await Deno.rename(`${real}.new`, real);
    await seemUnchanged(path.replace(/\/etc\/.*/, ""));
    assertEquals(files.displacedLately(), { file: path, became: "replaced" });
  }));

Deno.test("OwnFiles finds a link that was turned to another database", () =>
  withFiles(async ({ path, real, files }) => {
    await Deno.writeTextFile(`${real}.other`, "");
    await Deno.remove(path);
    await Deno.symlink(`${real}.other`, path);
    await seemUnchanged(path.replace(/\/etc\/.*/, ""));
    assertEquals(files.displacedLately(), { file: path, became: "replaced" });
  }));

Deno.test("OwnFiles finds a log that was removed", () =>
  withFiles(async ({ real, files }) => {
    await Deno.remove(`${real}-wal`);
    assertEquals(files.displacedLately(), { file: `${real}-wal`, became: "removed" });
  }));
