import type { Displaced } from "../back_end.ts";

/** Bytes of the log's header, and of that of each frame (https://sqlite.org/fileformat.html#the_write_ahead_log). */
const [LOG_HEADER, FRAME_HEADER] = [32, 24] as const;

/** Bytes of the index's header, and of the places in it (https://sqlite.org/walformat.html §2.1). */
const [INDEX_HEADER, PAGE_SIZE, FRAMES, INDEX_SALT] = [48, 14, 16, 32] as const;

/** Place of the log's salt in the header of a frame. */
const FRAME_SALT = 8;

/** The log as its index has it. */
interface Extent {
  readonly frames: number;
  readonly frameSize: number;
  /** Changes whenever the log begins anew. */
  readonly salt: bigint;
}

/**
 * The log of an open database, which nobody but SQLite may shorten: when it does so itself, the index says so first. Where
 * another has, SQLite writes on behind the hole, and moves the hole into the database.
 */
export class OwnLog implements Disposable {
  readonly #path: string;
  readonly #log: Deno.FsFile;
  readonly #index: Deno.FsFile;
  readonly #indexHeader = new DataView(new ArrayBuffer(INDEX_HEADER));
  readonly #frameHeader = new DataView(new ArrayBuffer(FRAME_HEADER));
  #seen: Extent = { frames: 0, frameSize: 0, salt: 0n };

  /** `real` is where SQLite has its files. Both connections are open. */
  constructor(real: string) {
    this.#path = `${real}-wal`;
    this.#log = Deno.openSync(this.#path, { read: true, write: true });
    this.#index = Deno.openSync(`${real}-shm`);
  }

  /** Frames that were in it when `cutOff` was last called. */
  get frames(): number {
    return this.#seen.frames;
  }

  /** Finds out if another has shortened it: if it is too short, or lacks what was its last frame when this was last called. */
  cutOff(): Displaced | undefined {
    const before = this.#seen;
    const now = this.#extent();
    this.#seen = now;
    const tooShort = this.#log.seekSync(0, Deno.SeekMode.End) < endOf(now);
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
    const header = read(this.#index, 0, this.#indexHeader);
    // A page of 65536 bytes is a 1.
    const pageSize = header.getUint16(PAGE_SIZE, LITTLE_ENDIAN);
    return {
      frames: header.getUint32(FRAMES, LITTLE_ENDIAN),
      frameSize: FRAME_HEADER + (pageSize === 1 ? 65_536 : pageSize),
      salt: header.getBigUint64(INDEX_SALT),
    };
  }

  /** True when a frame is in the log: each has the log's salt. */
  #has({ frameSize, salt }: Extent, frame: number): boolean {
    const header = read(this.#log, LOG_HEADER + (frame - 1) * frameSize, this.#frameHeader);
    return header.getBigUint64(FRAME_SALT) === salt;
  }
}

/** The index is in the machine's byte order. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function endOf({ frames, frameSize }: Pick<Extent, "frames" | "frameSize">): number {
  return frames === 0 ? 0 : LOG_HEADER + frames * frameSize;
}

/** Fills `into` with what the file holds from `offset` on; with zeros where there is nothing. */
function read(file: Deno.FsFile, offset: number, into: DataView): DataView {
  const bytes = new Uint8Array(into.buffer);
  file.seekSync(offset, Deno.SeekMode.Start);
  bytes.fill(0, file.readSync(bytes) ?? 0);
  return into;
}
