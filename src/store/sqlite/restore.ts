import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { realPath, statOf } from "../../lib/files.ts";
import type { PreparedBackup, Progressing } from "../back_end.ts";
import { ArchiveStoreError } from "../error.ts";
import type { Survey } from "../figures.ts";
import { copyArchive } from "./backup.ts";
import { openReader, openWriter, refuseFolder, requireCurrent, requireOurs } from "./database.ts";
import { failure } from "./failure.ts";
import { give, giveToFolder, makeArchiveFolder, refuseItself, removeDatabase } from "./files.ts";
import { lockArchive } from "./lock.ts";
import { listDomains } from "./owners.ts";
import { Queries } from "./queries.ts";
import { copyOf, replaceArchive } from "./replace.ts";
import { surveyArchives } from "./survey.ts";
import { faultsIn } from "./verify.ts";

interface RestorationParts extends Pick<Restoration, "restored" | "domains" | "replaced"> {
  readonly beside: boolean;
  readonly locks: AsyncDisposableStack;
}

/**
 * A backup that takes the place of an archive.
 *
 * It is copied beside the archive and verified there before anything of the archive is touched, and takes its place in one
 * step of the file system. Whatever cuts that off leaves either the one or the other under the name of the archive, and doing
 * it again does the rest.
 */
export class Restoration implements PreparedBackup {
  readonly #path: string;
  /** True when the archive is another process's until this is complete. */
  readonly #beside: boolean;
  readonly #locks: AsyncDisposableStack;
  /** Survey of what will be there. */
  readonly restored: Survey;
  /** Of which domains those are whose archives will be there. */
  readonly domains: readonly string[];
  /** Survey of what will be gone; `undefined` where nothing can be read. */
  readonly replaced: Survey | undefined;

  private constructor(
    path: string,
    { beside, locks, restored, domains, replaced }: RestorationParts,
  ) {
    this.#path = path;
    this.#beside = beside;
    this.#locks = locks;
    this.restored = restored;
    this.domains = domains;
    this.replaced = replaced;
  }

  /**
   * Copies and verifies a backup. Throws `ArchiveStoreError` where it is not sound, or the archive is in use; where it is to
   * be put into its place by the process that uses it (`beside`), that does not matter. The archive is no backup of itself:
   * what came between the copy and its taking the place would be gone.
   */
  static async prepare(
    file: string,
    archive: string,
    { progress = () => {}, beside = false }: { progress?: Progressing; beside?: boolean } = {},
  ): Promise<Restoration> {
    await refuseItself(archive, file, "restore");
    refuseFolder(archive);
    await makeArchiveFolder(dirname(archive));
    const path = await realPath(archive);
    const copy = copyOf(path);
    await using stack = new AsyncDisposableStack();
    if (!beside) stack.use(await lockArchive(archive));
    stack.use(await lockArchive(copy));
    stack.defer(() => Deno.remove(`${copy}-lock`));
    stack.defer(() => removeDatabase(copy));
    requireBackup(file);
    await copyArchive(file, copy, progress);
    await giveToOwner(copy, path);
    const found = { ...verified(copy, file), replaced: surveyOf(path) };
    return new Restoration(path, { ...found, beside, locks: stack.move() });
  }

  /** Puts it into its place. Throws `ArchiveStoreError` where the archive is in use. */
  async complete(): Promise<void> {
    using _ = this.#beside ? await lockArchive(this.#path) : undefined;
    await replaceArchive(this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#locks.disposeAsync();
  }
}

/** Root restores too: whoever has the archive, the service perhaps, is to read and have what takes its place. */
async function giveToOwner(copy: string, archive: string): Promise<void> {
  const old = await statOf(archive);
  if (old === undefined) return await giveToFolder(copy);
  const { uid, gid } = old;
  if (uid !== null && gid !== null && uid !== (await Deno.lstat(copy)).uid) await give(copy, { uid, gid });
}

function requireBackup(file: string): void {
  let db: DatabaseSync | undefined;
  try {
    Deno.openSync(file).close();
    db = openReader(file, {});
    requireOurs(db, file);
  } catch (cause) {
    if (cause instanceof ArchiveStoreError) throw cause;
    const found = NO_BACKUP.find(([kind]) => cause instanceof kind)?.[1] ?? "it is not a database";
    throw new ArchiveStoreError({ operation: "restore", path: file, found, hint: "give the path of a backup", cause });
  } finally {
    db?.close();
  }
}

/** Errors of the system for a file that is no backup. */
const NO_BACKUP = [
  [Deno.errors.NotFound, "there is no such file"],
  [Deno.errors.NotADirectory, "there is no such file"],
  [Deno.errors.PermissionDenied, "this user may not read it"],
  [Deno.errors.IsADirectory, "it is a folder"],
] as const;

/** Brings a copy up to date, and says what is in it. */
function verified(copy: string, file: string): Pick<Restoration, "restored" | "domains"> {
  try {
    openWriter(copy, {}).close();
  } catch (error) {
    throw failure("restore", file, error);
  }
  using db = openReader(copy, {});
  const [fault] = faultsIn(db);
  const queries = new Queries(db);
  if (fault === undefined) return { restored: surveyArchives(queries), domains: listDomains(queries) };
  throw new ArchiveStoreError({
    operation: "restore",
    path: file,
    found: `it is not sound (${fault})`,
    hint: "take an older backup; the archive is as it was",
  });
}

/** Survey of an archive that is about to go; it may be damaged, which may be why. */
function surveyOf(path: string): Survey | undefined {
  let db: DatabaseSync | undefined;
  try {
    db = openReader(path, {});
    requireCurrent(db, path);
    return surveyArchives(new Queries(db));
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}
