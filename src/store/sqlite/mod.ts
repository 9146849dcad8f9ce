/**
 * Archives on disk, in SQLite.
 *
 * @module
 */
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { realPath } from "../../lib/files.ts";
import type { ArchiveReader, ArchiveStore } from "../archive.ts";
import type { Displaced } from "../back_end.ts";
import { Checkpoints } from "./checkpoints.ts";
import {
  checkpointPages,
  openReader,
  openWriter,
  requireArchive,
  requireCurrent,
  type Tuning,
  type Upgraded,
} from "./database.ts";
import { failure } from "./failure.ts";
import { makeArchiveFile, makeArchiveFolder } from "./files.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { lockArchive } from "./lock.ts";
import { OwnFiles } from "./own_files.ts";
import { OwnLog } from "./own_log.ts";
import { Queries } from "./queries.ts";
import { SqliteReader } from "./reader.ts";
import { SqliteStore } from "./store.ts";

/** Path and settings of an archive. */
export interface SqliteOptions extends Tuning {
  /** The database; it and its folder are made if there are none. Beside it lie `-wal`, `-shm` and `-lock`. */
  readonly path: string;
  readonly upgraded?: Upgraded;
  /** Told once when files of the open database were removed or replaced: then nothing is written any more. */
  readonly displaced?: ((found: Displaced) => void) | undefined;
  /** Amounts that are done at once; for tests. */
  readonly limits?: Partial<Limits>;
}

/** Opens a store; throws `ArchiveStoreError`, which says what to do. */
export async function openSqliteStore(options: SqliteOptions): Promise<ArchiveStore> {
  const { path, limits, upgraded, displaced = () => {}, ...tuning } = options;
  const opened = new DisposableStack();
  try {
    await makeArchiveFolder(dirname(path));
    await makeArchiveFile(path);
    opened.use(await lockArchive(path));
    const writer = opened.adopt(openWriter(path, tuning, upgraded), (db) => db.close());
    const reader = opened.adopt(openReader(path, tuning), (db) => db.close());
    const real = await realPath(path);
    const files = new OwnFiles(path, real);
    const checkpoints = new Checkpoints(real, checkpointPages(tuning));
    const log = new OwnLog(real);
    const connections = { path, writer, reader, checkpoints, files, log, displaced, opened };
    return new SqliteStore(connections, { ...LIMITS, ...limits });
  } catch (error) {
    opened.dispose();
    throw failure("open", path, error);
  }
}

/** Opens an archive for reading alone, also while another process has it open. Throws `ArchiveStoreError`. */
export function openSqliteReader(path: string): ArchiveReader {
  let db: DatabaseSync | undefined;
  try {
    requireArchive(path);
    db = openReader(path, {});
    requireCurrent(db, path);
    return new SqliteReader(new Queries(db), path);
  } catch (error) {
    db?.close();
    throw failure("open", path, error);
  }
}
