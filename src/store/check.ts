import type { NewMessage } from "./archive.ts";

/** Throws `RangeError` for what no store can keep, so that a batch is refused before any of it is kept. */
export function checkMessage({ time, entries }: NewMessage): void {
  if (!Number.isSafeInteger(time)) {
    throw new RangeError(`Cannot keep a message of the time ${time}: expected milliseconds`);
  }
  if (entries.length < 1 || entries.length > 2) {
    throw new RangeError(`Cannot keep a message in ${entries.length} archives: expected one or two`);
  }
  for (const { id: { number } } of entries) {
    if (!Number.isSafeInteger(number) || number < 0) {
      throw new RangeError(`Cannot keep an entry under the number ${number}: expected an archive id's`);
    }
  }
}
