import { isAbsence } from "./files.ts";

/** Fate of a file of an open database. */
export interface Displaced {
  readonly file: string;
  readonly became: "removed" | "replaced";
}

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

  /** `path` is what the configuration names, a link perhaps; `real` is where SQLite has its files. Both connections are open. */
  constructor(path: string, real: string) {
    this.#known = [path, `${real}-wal`, `${real}-shm`].map((file) => {
      const { dev, ino } = Deno.statSync(file);
      return { file, dev, ino };
    });
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
