import type { Displaced, Progressing } from "../back_end.ts";
import { ArchiveStoreError } from "../error.ts";
import { failure } from "./failure.ts";
import { salvage, type Salvageable } from "./salvage.ts";

/** An open database, with somebody to tell. */
export interface Watched extends Salvageable {
  /** Told once when files are not where they were any more. */
  readonly displaced: (found: Displaced) => void;
}

/** Files of an open database that were removed, replaced or cut off: from there on nothing is written, and what there is can be saved. */
export class Displacement {
  readonly #watched: Watched;
  #error: ArchiveStoreError | undefined;
  #since = 0;
  #cut = false;
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
    const { files, log } = this.#watched;
    this.#note(files.displacedLately() ?? log.cutOff());
  }

  /** Throws `ArchiveStoreError` where files that are not where they were are the reason of an error. */
  lookAfterError(): void {
    try {
      this.lookLately();
    } catch {
      // What cannot be seen is no reason.
    }
    this.refuse();
  }

  /** The same, at each of them; true while they are there. */
  isInPlace(): boolean {
    const { files, log } = this.#watched;
    if (this.#error === undefined) this.#note(files.displaced() ?? log.cutOff());
    return this.#error === undefined;
  }

  /** Saves what there is, as `salvage()` does. */
  async salvage(progress?: Progressing): Promise<string | undefined> {
    try {
      // The database has all that is left once it is opened anew.
      if (this.#cut) return undefined;
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
    // At once, as nothing may be moved out of it any more.
    if (found.became === "cut off") this.#watched.log.cutToSound();
    this.#cut = found.became === "cut off";
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
