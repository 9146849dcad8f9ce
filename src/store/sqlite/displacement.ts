import type { Displaced, Progressing } from "../back_end.ts";
import { ArchiveStoreError } from "../error.ts";
import { failure } from "./failure.ts";
import { salvage, type Salvageable } from "./salvage.ts";

/** An open database, with somebody to tell. */
export interface Watched extends Salvageable {
  /** Told once when files are not where they were any more. */
  readonly displaced: (found: Displaced) => void;
}

/** Files of an open database that were removed or replaced: from there on nothing is written, and what there is can be saved. */
export class Displacement {
  readonly #watched: Watched;
  #error: ArchiveStoreError | undefined;
  #since = 0;
  #salvaging: Promise<unknown> | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Throws `ArchiveStoreError` once files were found not to be where they were. */
  refuse(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Looks if they are where they were, unless nothing has changed in their folders. Throws where that cannot be seen. */
  lookLately(): void {
    this.#note(this.#watched.files.displacedLately());
  }

  /** The same, at each of them; true while they are there. */
  isInPlace(): boolean {
    if (this.#error === undefined) this.#note(this.#watched.files.displaced());
    return this.#error === undefined;
  }

  /** Saves what there is, as `salvage()` does. */
  async salvage(progress?: Progressing): Promise<string | undefined> {
    try {
      return await (this.#salvaging = salvage(this.#watched, this.#since, progress));
    } catch (error) {
      throw failure("save", this.#watched.path, error);
    }
  }

  /** Resolves when nothing is being saved. */
  async settled(): Promise<void> {
    await this.#salvaging?.catch(() => {});
  }

  #note(found: Displaced | undefined): void {
    if (found === undefined) return;
    const { path, displaced } = this.#watched;
    this.#error = new ArchiveStoreError({
      operation: "write",
      path,
      found: `"${found.file}" was ${found.became} while the archive was open`,
      hint: "",
    });
    this.#since = Date.now();
    displaced(found);
  }
}
