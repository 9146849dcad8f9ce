/**
 * Archive ids: the UIDs of XEP-0313 §"Message archives".
 *
 * An id carries its own key. Its number orders the archive and finds the entry; its random half, kept with the entry and
 * compared, makes the id unpredictable (XEP-0313 §"Message archives": "MUST be unpredictable and unique").
 *
 * @module
 */

/** An archive id taken apart. */
export interface ArchiveId {
  /** Milliseconds since 2020 × 4096 + a counter: orders the archive, and is its key. A safe integer until 2089. */
  readonly number: number;
  /** 64 random bits: what makes the id unpredictable. */
  readonly random: bigint;
}

/** Numbers count from here, in milliseconds since 1970. */
export const EPOCH = Date.UTC(2020, 0, 1);

/** Numbers in a millisecond. */
export const NUMBERS_PER_MILLISECOND = 4096;

/** 16 bytes in base64url: 21 characters of six bits, and one of which only the first two bits count. */
const TEXT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** The two characters for each twelve bits. */
const PAIRS: readonly string[] = pairs("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/** Random halves drawn at once: one call of the system's generator costs as much as many. */
const DRAWN = 512;

/** Inputs of a generator of ids. */
export interface IdSource {
  /** The greatest number that was ever given out. */
  readonly newest: number;
  /** The greatest number that others gave out meanwhile, where there are others. */
  readonly others?: () => number;
  /** Milliseconds since 1970; default the system's clock. */
  readonly clock?: () => number;
  /** Fills an array with random bits; default the system's cryptographic generator. */
  readonly fill?: (halves: BigUint64Array<ArrayBuffer>) => void;
}

/**
 * Makes ids, each number greater than all before it. The number is that of the time given, by default the clock's, and runs
 * ahead of it where the time stands still or runs back, so that order is always the order of creation.
 */
export function createIdGenerator(
  { newest, others = () => 0, clock = Date.now, fill = (halves) => void crypto.getRandomValues(halves) }: IdSource,
): (time?: number) => ArchiveId {
  const halves = new BigUint64Array(DRAWN);
  let used = DRAWN;

  function random(): bigint {
    if (used === DRAWN) {
      fill(halves);
      used = 0;
    }
    return halves[used++] ?? 0n;
  }

  return (time = clock()) => {
    newest = Math.max(newest + 1, others() + 1, firstNumberAt(time));
    if (!Number.isSafeInteger(newest)) {
      throw new RangeError(`Cannot make an archive id: ${newest} is past the last number`);
    }
    return { number: newest, random: random() };
  };
}

/** The time, in milliseconds since 1970, at which a number is due; where it ran ahead, later than the time of receipt. */
export function timeOfNumber(number: number): number {
  return EPOCH + Math.floor(number / NUMBERS_PER_MILLISECOND);
}

/** The first number that is due at a time in milliseconds since 1970 or, where that is no whole number, after it. */
export function firstNumberAt(time: number): number {
  return (Math.ceil(time) - EPOCH) * NUMBERS_PER_MILLISECOND;
}

/** The text form: 22 characters of base64url, both halves in network byte order. */
export function formatArchiveId({ number, random }: ArchiveId): string {
  return archiveIdText(number, Number(random >> 32n), Number(random & 0xffff_ffffn));
}

/**
 * The same for a random half in two of 32 bits, as a page of fifty needs it at once: without objects on the way it takes a
 * fifth of the time.
 */
export function archiveIdText(number: number, high: number, low: number): string {
  const top = Math.floor(number / 2 ** 32);
  const first = pair(top >>> 20) + pair(top >>> 8) + pair(top << 4 | number >>> 28) + pair(number >>> 16);
  const middle = pair(number >>> 4) + pair(number << 8 | high >>> 24) + pair(high >>> 12) + pair(high);
  return first + middle + pair(low >>> 20) + pair(low >>> 8) + pair(low << 4);
}

/** Reads the text form; `undefined` for whatever `formatArchiveId` does not write. */
export function parseArchiveId(text: string): ArchiveId | undefined {
  if (!TEXT.test(text)) return undefined;
  const view = new DataView(Uint8Array.fromBase64(text, { alphabet: "base64url" }).buffer);
  const number = Number(view.getBigUint64(0));
  return Number.isSafeInteger(number) ? { number, random: view.getBigUint64(8) } : undefined;
}

function pairs(letters: string): string[] {
  return [...letters].flatMap((one) => [...letters].map((two) => one + two));
}

/** Two characters for the last twelve of these bits. */
function pair(bits: number): string {
  return PAIRS[bits & 0xfff] ?? "";
}
