import type { Displaced } from "../back_end.ts";

/** Bytes of the log's header, and of that of each frame (https://sqlite.org/fileformat.html#the_write_ahead_log). */
const [LOG_HEADER, FRAME_HEADER] = [32, 24] as const;

/** Bytes of the index's header, and the places in it (https://sqlite.org/walformat.html §2.1). */
const [INDEX_HEADER, PAGE_SIZE, FRAMES, SALT] = [48, 14, 16, 32] as const;

/** The log as its index has it. */
interface Extent {
  readonly frames: number;
  readonly frameSize: number;
  /** Changes whenever the log begins anew. */
  readonly salt: string;
}

/**
 * The log of an open database, which nobody but SQLite may shorten: when it does so itself, the index says so first. Where
 * another has, SQLite writes on behind the hole, and moves the hole into the database.
 */
export class OwnLog implements Disposable {
  readonly #path: string;
  readonly #log: Deno.FsFile;
  readonly #index: Deno.FsFile;
  #seen: Extent = { frames: 0, frameSize: 0, salt: "" };

  /** `real` is where SQLite has its files. Both connections are open. */
  constructor(real: string) {
    this.#path = `${real}-wal`;
    this.#log = Deno.openSync(this.#path, { read: true, write: true });
    this.#index = Deno.openSync(`${real}-shm`);
  }

  /** Finds out if another has shortened it: if it is too short, or lacks what was its last frame when this was last called. */
  cutOff(): Displaced | undefined {
    const before = this.#seen;
    const now = this.#extent();
    this.#seen = now;
    const tooShort = this.#log.statSync().size < endOf(now);
    const isHole = before.salt === now.salt && before.frames > 0 && !this.#has(before, before.frames);
    // Another process may have it moved in between, which the index shows.
    if (!tooShort && !isHole || this.#extent().salt !== now.salt) return undefined;
    this.#seen = before;
    return { file: this.#path, became: "cut off" };
  }

  /**
   * Cuts it off before the frame ahead of the first that is lacking, as that may end in the hole. The next to open the database
   * reads what is left.
   */
  cutToSound(): void {
    const extent = this.#extent();
    let frames = 0;
    while (frames < extent.frames && this.#has(extent, frames + 1)) frames++;
    this.#log.truncateSync(endOf({ ...extent, frames: Math.max(0, frames - 1) }));
  }

  /** To be called when the connections are closed: closing a file gives up all locks that this process has on it. */
  [Symbol.dispose](): void {
    this.#log.close();
    this.#index.close();
  }

  #extent(): Extent {
    const header = readAt(this.#index, 0, INDEX_HEADER);
    // In the machine's byte order; a page of 65536 bytes is a 1.
    const pageSize = new Uint16Array(header.buffer, PAGE_SIZE, 1)[0] ?? 0;
    const frames = new Uint32Array(header.buffer, FRAMES, 1)[0] ?? 0;
    return { frames, frameSize: FRAME_HEADER + (pageSize === 1 ? 65_536 : pageSize), salt: saltAt(header, SALT) };
  }

  /** True when a frame is in the log: each has the log's salt. */
  #has({ frameSize, salt }: Extent, frame: number): boolean {
    return saltAt(readAt(this.#log, LOG_HEADER + (frame - 1) * frameSize, FRAME_HEADER), 8) === salt;
  }
}

function endOf({ frames, frameSize }: Pick<Extent, "frames" | "frameSize">): number {
  return frames === 0 ? 0 : LOG_HEADER + frames * frameSize;
}

function saltAt(bytes: Uint8Array, offset: number): string {
  return bytes.subarray(offset, offset + 8).join();
}

/** Reads so many bytes; zeros where there are none. */
function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  file.readSync(bytes);
  return bytes;
}
