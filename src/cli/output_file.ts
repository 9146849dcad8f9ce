import type { Config } from "../config/config.ts";
import { secretFilesOf } from "../config/secret.ts";
import { fileProblem } from "../lib/file_problem.ts";
import { areSame, statOf } from "../lib/files.ts";
import { placeOf } from "../runtime/stores.ts";
import { BACK_ENDS } from "../store/mod.ts";
import { CommandError } from "./command_error.ts";
import { UsageError } from "./usage_error.ts";

/** The writer of a file. */
export interface Writing {
  /** A verb: `back up`, `export`. */
  readonly operation: string;
  readonly config: Config;
  readonly configFile: string;
  /** True when a file that is there may be replaced. */
  readonly force: boolean;
}

/** Throws `CommandError` where a file cannot be made in its folder. */
async function requireWritable(file: string, operation: string): Promise<void> {
  const part = `${file}.part`;
  try {
    (await Deno.open(part, { write: true, create: true, mode: 0o600 })).close();
    await Deno.remove(part);
  } catch (cause) {
    throw new CommandError(`Cannot ${operation} to "${file}": ${folderProblem(cause)}`, { cause });
  }
}

function folderProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.NotADirectory) return "a part of its path is a file";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not write its folder";
  return fileProblem(error);
}

/**
 * Refuses a file that would be lost if it were written: those of the archives and of the configuration always, any other
 * unless `--force` says that it may go; and one that cannot be made. Throws `ArchiveStoreError`, `UsageError` or `CommandError`.
 */
export async function refuseLoss(file: string, { operation, config, configFile, force }: Writing): Promise<void> {
  const found = await statOf(file).catch(() => undefined);
  // The file is written under a name of its own until it is complete.
  for (const name of [file, `${file}.part`]) {
    for (const { backEnd, values } of BACK_ENDS.map((each) => placeOf(config, each.name))) {
      await backEnd.file?.refuse(values, name, operation);
    }
    for (const own of [configFile, ...secretFilesOf(config.settings)]) {
      if (await areSame(name, own)) {
        throw new UsageError(`Cannot ${operation} to "${file}": it is of the configuration; give another name`);
      }
    }
  }
  if (found === undefined) return await requireWritable(file, operation);
  if (!found.isFile) throw new UsageError(`Cannot ${operation} to "${file}": it is there already, and no file`);
  if (force) return await requireWritable(file, operation);
  throw new UsageError(
    `Cannot ${operation} to "${file}": it is there already; give another name, or say --force to replace it`,
  );
}
