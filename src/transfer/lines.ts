/**
 * Reads files line by line, however long they are.
 *
 * @module
 */
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
  readonly bytes: Uint8Array;
}

/** The lines of a file, the last with or without its end. Throws `TransferError` for one that is too long. */
export function* linesOf(path: string): Generator<Line> {
  using file = opened(path);
  const chunk = new Uint8Array(CHUNK);
  let rest = new Uint8Array();
  let number = 1;
  for (let read; (read = file.readSync(chunk)) !== null;) {
    const bytes = joined(rest, chunk.subarray(0, read));
    let from = 0;
    for (let end; (end = bytes.indexOf(LINE_FEED, from)) !== -1; from = end + 1) {
      yield { number: number++, bytes: bytes.subarray(from, end) };
    }
    rest = bytes.slice(from);
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

function opened(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (cause) {
    throw new TransferError({ path, found: "found no such file, or none that may be read" }, { cause });
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
