import { basename, dirname, join } from "node:path";
import { areSame, realPath } from "../../lib/files.ts";
import { ArchiveStoreError } from "../error.ts";

/** Names of the files that lie beside a database and belong to it. */
const BESIDE = ["-wal", "-shm", "-lock", "-journal", "-restoring", "-restoring-lock", "-replaced", "-control"];

/**
 * Refuses a file of an archive, whatever links lead there, as what a copy of the archive is written to: who has the archive
 * open would go on with what is no longer there. Throws `ArchiveStoreError`.
 */
export async function refuseItself(path: string, file: string, operation: string): Promise<void> {
  const real = await placeOf(path);
  const place = await placeOf(file);
  if (["", ...BESIDE].every((suffix) => real + suffix !== place) && !await areSame(real, place)) return;
  throw new ArchiveStoreError({
    operation,
    path,
    found: `"${file}" is a file of the archive itself`,
    hint: "give another name",
  });
}

/** Place where a file is, or would be: its folder may be a link though there is no file in it yet. */
async function placeOf(path: string): Promise<string> {
  const real = await realPath(path);
  return real === path ? join(await realPath(dirname(path)), basename(path)) : real;
}
