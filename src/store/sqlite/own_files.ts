import { dirname } from "node:path";
import { isAbsence } from "../../lib/files.ts";
import type { Displaced } from "../back_end.ts";

interface Known {
  readonly file: string;
  readonly dev: number;
  readonly ino: number | null;
}

/**
 * The files of an open database, known by device and inode. SQLite goes on with a file that was removed or replaced: what it
 * commits then is gone when the process ends.
 */
export class OwnFiles {
  readonly #known: readonly Known[];
  readonly #folders: readonly Folder[];

  /** `path` is what the configuration names, a link perhaps; `real` is where SQLite has its files. Both connections are open. */
  constructor(path: string, real: string) {
    this.#known = [path, `${real}-wal`, `${real}-shm`].map((file) => {
      const { dev, ino } = Deno.statSync(file);
      return { file, dev, ino };
    });
    // A link may be in another folder than what it points to.
    this.#folders = [...new Set([dirname(path), dirname(real)])].map((folder) => new Folder(folder));
  }

  /** Finds the first that is no longer where it was, unless nothing has changed in the folder. Throws where that cannot be seen. */
  displacedLately(): Displaced | undefined {
    const looks = this.#folders.map((folder) => folder.isUnchanged());
    return looks.every((unchanged) => unchanged) ? undefined : this.displaced();
  }

  /** Finds the first that is no longer where it was. Throws where that cannot be seen. */
  displaced(): Displaced | undefined {
    for (const known of this.#known) {
      const became = becameOf(known);
      if (became !== undefined) return { file: known.file, became };
    }
    return undefined;
  }

  /** True while the database itself is where it was. */
  get hasDatabase(): boolean {
    const [database] = this.#known;
    return database !== undefined && becameOf(database) === undefined;
  }

  /** Paths of the log and its index, those where our own files are, or where others are. */
  beside(whose: "own" | "foreign"): string[] {
    const wanted = whose === "own" ? undefined : "replaced";
    return this.#known.slice(1).filter((known) => becameOf(known) === wanted).map(({ file }) => file);
  }
}

/** Windows tells no inodes, and lets nobody remove a file that is open. */
function becameOf({ file, dev, ino }: Known): Displaced["became"] | undefined {
  try {
    const found = Deno.statSync(file);
    return found.ino === ino && found.dev === dev ? undefined : "replaced";
  } catch (error) {
    if (isAbsence(error)) return "removed";
    throw error;
  }
}

/** Milliseconds after which a change is told from the next by the time of the folder, whose clock ticks in some of them. */
const TICK = 1100;

/** Folder whose time says that a name in it was added, removed or given to another file: one look instead of three. */
class Folder {
  readonly #path: string;
  #seen: Pick<Deno.FileInfo, "dev" | "ino"> & { readonly changed: number };

  constructor(path: string) {
    this.#path = path;
    this.#seen = { dev: 0, ino: null, changed: NaN };
  }

  isUnchanged(): boolean {
    const before = this.#seen;
    try {
      const { dev, ino, ctime } = Deno.statSync(this.#path);
      // Whoever restores files sets mtime back (rsync, tar, cp -a); nobody can set ctime.
      const changed = ctime?.getTime() ?? NaN;
      this.#seen = { dev, ino, changed };
      return changed === before.changed && ino === before.ino && dev === before.dev && Date.now() > changed + TICK;
    } catch (error) {
      if (isAbsence(error)) return false;
      throw error;
    }
  }
}
