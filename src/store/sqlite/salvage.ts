import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Progressing } from "../back_end.ts";
import { copyState } from "./backup.ts";
import { removeDatabase, syncFile } from "./files.ts";
import type { OwnFiles } from "./own_files.ts";
import type { OwnLog } from "./own_log.ts";

/** Parts that can be saved of an open database whose files were removed or replaced. */
export interface Salvageable {
  readonly path: string;
  readonly writer: DatabaseSync;
  readonly reader: DatabaseSync;
  readonly files: OwnFiles;
  readonly log: OwnLog;
}

/**
 * Saves all that the open connections still have. Where the database itself is in its place, moves the log into it; else
 * copies everything into a file beside it, whose path is returned. Never leaves a log beside a database that it does not
 * belong to: SQLite would read the one into the other. Tried again, it is to be given the same time, in milliseconds since 1970.
 */
export async function salvage(
  { path, writer, reader, files }: Salvageable,
  time: number,
  progress?: Progressing,
): Promise<string | undefined> {
  const suffix = `.saved-${new Date(time).toISOString().replace(/[-:]|\.\d+/g, "")}`;
  if (files.hasDatabase) {
    for (const file of files.beside("foreign")) await Deno.rename(file, file + suffix);
    writer.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return undefined;
  }
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = files.beside("own");
  for (const file of aside) await Deno.rename(file, file + suffix);
  const part = `${path}${suffix}.part`;
  try {
    await copyState(reader, part, progress);
    await syncFile(part);
    await Deno.rename(part, path + suffix);
  } finally {
    await removeDatabase(part);
  }
  for (const file of aside) await Deno.remove(file + suffix);
  return path + suffix;
}

/** Files in which archives were saved that were at a path. */
export async function savedFrom(path: string): Promise<string[]> {
  const beginning = `${basename(path)}.saved-`;
  const names = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
  return names.filter((name) => name.startsWith(beginning) && /^\d{8}T\d{6}Z$/.test(name.slice(beginning.length)))
    .sort().map((name) => join(dirname(path), name));
}
