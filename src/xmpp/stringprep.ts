/**
 * Stringprep (RFC 3454) with the profiles of XMPP's addresses (RFC 6122), as Prosody and ejabberd apply them.
 *
 * Unicode 3.2 is the measure: a code point that it leaves unassigned stays as it is, since two servers' names that differ in
 * one are two names.
 *
 * @module
 */
import * as tables from "./stringprep_tables.ts";

/** Local part, domain and resource (RFC 6122 §A, RFC 3491, RFC 6122 §B). */
export type Profile = "nodeprep" | "nameprep" | "resourceprep";

/** Prohibited beside the tables that all profiles share: C.1.1 and C.2.1, and what nodeprep adds (RFC 6122 §A.5). */
const PROHIBITED_ASCII: Readonly<Record<Profile, RegExp | undefined>> = {
  // deno-lint-ignore no-control-regex
  nodeprep: /[\x00-\x20\x7f"&'/:<>@]/,
  nameprep: undefined,
  // deno-lint-ignore no-control-regex
  resourceprep: /[\x00-\x1f\x7f]/,
};

/** Prepares one part of an address; `undefined` when the profile prohibits it. */
export function stringprep(profile: Profile, text: string): string | undefined {
  const { NOTHING, PROHIBITED } = loaded();
  let mapped = "";
  for (const char of text) {
    const code = codeOf(char);
    if (!NOTHING.has(code)) mapped += profile === "resourceprep" ? char : fold(char, code);
  }
  const prepared = normalized(mapped);
  if (PROHIBITED_ASCII[profile]?.test(prepared)) return undefined;
  for (const char of prepared) if (PROHIBITED.has(codeOf(char))) return undefined;
  return isOneDirection(prepared) ? prepared : undefined;
}

/** Table B.2. */
function fold(char: string, code: number): string {
  const { FOLD_SHIFTS, FOLD_TEXTS } = loaded();
  const shift = FOLD_SHIFTS.get(code);
  return shift === undefined ? FOLD_TEXTS.get(code) ?? char : String.fromCodePoint(code + shift);
}

/** Normalization form KC of Unicode 3.2. Code points that were unassigned then neither combine nor decompose (RFC 3454 §4). */
function normalized(text: string): string {
  const { UNASSIGNED, CORRECTED } = loaded();
  let result = "";
  let known = "";
  for (const char of text) {
    const code = codeOf(char);
    if (UNASSIGNED.has(code)) {
      result += known.normalize("NFKC") + char;
      known = "";
    } else {
      known += CORRECTED.get(code) ?? char;
    }
  }
  return result + known.normalize("NFKC");
}

/** RFC 3454 §6: text with a letter from right to left begins and ends with one, and has none from left to right. */
function isOneDirection(text: string): boolean {
  const { RIGHT_TO_LEFT, LEFT_TO_RIGHT } = loaded();
  const codes = [...text].map(codeOf);
  if (!codes.some((code) => RIGHT_TO_LEFT.has(code))) return true;
  return RIGHT_TO_LEFT.has(codes.at(0) ?? 0) && RIGHT_TO_LEFT.has(codes.at(-1) ?? 0) &&
    !codes.some((code) => LEFT_TO_RIGHT.has(code));
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

/** Ranges of code points, in ascending order. */
class Ranges {
  /** First and last code points in turn. */
  readonly #bounds: readonly number[];

  constructor(table: string) {
    this.#bounds = wordsOf(table).flatMap((word) => {
      const [first = "", last = first] = word.split("-");
      return [hex(first), hex(last)];
    });
  }

  has(code: number): boolean {
    let [low, high] = [0, this.#bounds.length / 2];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (code > (this.#bounds[2 * middle + 1] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return code >= (this.#bounds[2 * low] ?? Infinity);
  }
}

interface Tables extends Record<"UNASSIGNED" | "NOTHING" | "PROHIBITED" | "RIGHT_TO_LEFT" | "LEFT_TO_RIGHT", Ranges> {
  readonly FOLD_SHIFTS: ReadonlyMap<number, number>;
  readonly FOLD_TEXTS: ReadonlyMap<number, string>;
  readonly CORRECTED: ReadonlyMap<number, string>;
}

let kept: Tables | undefined;

/** The tables, read at first use: most runs of Annals meet no address that needs them. */
function loaded(): Tables {
  return kept ??= {
    UNASSIGNED: new Ranges(tables.UNASSIGNED),
    NOTHING: new Ranges(tables.NOTHING),
    PROHIBITED: new Ranges(tables.PROHIBITED),
    RIGHT_TO_LEFT: new Ranges(tables.RIGHT_TO_LEFT),
    LEFT_TO_RIGHT: new Ranges(tables.LEFT_TO_RIGHT),
    FOLD_SHIFTS: new Map(wordsOf(tables.FOLD_SHIFTS).flatMap(shiftsIn)),
    FOLD_TEXTS: mappingOf(tables.FOLD_TEXTS),
    CORRECTED: mappingOf(tables.CORRECTED),
  };
}

function wordsOf(table: string): readonly string[] {
  return table.trim().split(/\s+/);
}

function hex(digits: string): number {
  return parseInt(digits, 16);
}

/** `100-12e/2+1`: every second code point maps to the next. */
function shiftsIn(word: string): readonly (readonly [number, number])[] {
  const [, first = "", last = "", step = "", distance = ""] = /^(\w+)-(\w+)\/(\d)([+-]\w+)$/.exec(word) ?? [];
  const shifts: [number, number][] = [];
  for (let code = hex(first); code <= hex(last); code += Number(step)) shifts.push([code, hex(distance)]);
  return shifts;
}

/** `df=73,73`. */
function mappingOf(table: string): ReadonlyMap<number, string> {
  return new Map(
    wordsOf(table).map((word) => {
      const [code = "", text = ""] = word.split("=");
      return [hex(code), String.fromCodePoint(...text.split(",").map(hex))];
    }),
  );
}
