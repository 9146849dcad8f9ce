/**
 * Reads files line by line, however long they are.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { TransferError } from "./error.ts";

/** Bytes of the longest line that is read: twice what the largest message can take, with everything in it escaped. */
const MAX_LINE = 4 * 1024 * 1024;

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

const LINE_FEED = 0x0a;

/** A line without its end. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** To be used before the next line is asked for. */
  readonly bytes: Buffer;
}

/** The lines of a file, the last with or without its end. Throws `TransferError` for one that is too long. */
export function* linesOf(path: string): Generator<Line> {
  let rest = Buffer.alloc(0);
  let number = 1;
  for (const chunk of chunksOf(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end; (end = bytes.indexOf(LINE_FEED, from)) !== -1; from = end + 1) {
      yield { number: number++, bytes: bytes.subarray(from, end) };
    }
    rest = Buffer.from(bytes.subarray(from));
    if (rest.length > MAX_LINE) {
      throw new TransferError({
        path,
        line: number,
        found: `found more than ${MAX_LINE} bytes, expected the line's end`,
      });
    }
  }
  if (rest.length > 0) yield { number, bytes: rest };
}

/** A file in parts, each to be used before the next is asked for. Throws `TransferError` when it cannot be opened. */
export function* chunksOf(path: string): Generator<Buffer> {
  using file = opened(path);
  const chunk = Buffer.alloc(CHUNK);
  for (let read; (read = file.readSync(chunk)) !== null;) yield chunk.subarray(0, read);
}

function opened(path: string): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (cause) {
    throw new TransferError({ path, found: "found no such file, or none that may be read" }, { cause });
  }
  if (!file.statSync().isDirectory) return file;
  file.close();
  throw new TransferError({ path, found: "found a folder, expected a file" });
}
