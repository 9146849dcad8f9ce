import type { Config } from "../runtime/config/config.ts";
import { statOf } from "../store/sqlite/files.ts";
import { areSame, refuseItself } from "../store/sqlite/itself.ts";
import type { Invocation } from "./arguments.ts";
import { UsageError } from "./usage_error.ts";

/** Who is going to write a file. */
export interface Writing {
  /** A verb: `back up`, `export`. */
  readonly operation: string;
  readonly config: Config;
  readonly invocation: Pick<Invocation, "file" | "switches">;
}

/**
 * Refuses a file that would be lost if it were written: those of the archives and of the configuration always, any other
 * unless `--force` says that it may go. Throws `ArchiveStoreError` or `UsageError`.
 */
export async function refuseLoss(file: string, { operation, config, invocation }: Writing): Promise<void> {
  const { storage, component } = config;
  const found = await statOf(file);
  // The file is written under a name of its own until it is complete.
  for (const name of [file, `${file}.part`]) {
    await refuseItself(storage.sqlite.path, name, operation);
    for (const own of [invocation.file, component.secret_file, storage.postgresql.url_file]) {
      if (own !== undefined && await areSame(name, own)) {
        throw new UsageError(`Cannot ${operation} to "${file}": it is of the configuration; give another name`);
      }
    }
  }
  if (found === undefined) return;
  if (!found.isFile) throw new UsageError(`Cannot ${operation} to "${file}": it is there already, and no file`);
  if (invocation.switches.has("force")) return;
  throw new UsageError(
    `Cannot ${operation} to "${file}": it is there already; give another name, or say --force to replace it`,
  );
}
