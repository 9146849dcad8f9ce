/**
 * A file that only its owner may read, and that is there under its name only when it is complete: what is cut off does not
 * pass for the whole, and does not replace what was there.
 */
export class PrivateFile implements AsyncDisposable {
  readonly #path: string;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  #complete = false;

  private constructor(path: string, part: string, file: Deno.FsFile) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
  }

  static async create(path: string): Promise<PrivateFile> {
    const part = `${path}.part`;
    await removed(part);
    return new PrivateFile(path, part, await Deno.open(part, { write: true, createNew: true, mode: 0o600 }));
  }

  async write(text: string): Promise<void> {
    for (let bytes = new TextEncoder().encode(text); bytes.length > 0;) {
      bytes = bytes.subarray(await this.#file.write(bytes));
    }
  }

  /** Everything has been written. */
  async complete(): Promise<void> {
    await this.#file.sync();
    await Deno.rename(this.#part, this.#path);
    this.#complete = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (!this.#complete) await removed(this.#part);
  }
}

async function removed(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
