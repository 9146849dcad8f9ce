/**
 * Finds the lines of keys in TOML, which the parser does not tell.
 *
 * It reads text that the parser has taken already, so it needs to know only where keys, strings and brackets begin and end
 * (TOML 1.0, "Keys", "String", "Array", "Inline Table").
 *
 * @module
 */
import { parse } from "smol-toml";
import { dotted } from "./toml.ts";

const BLANK = /(?:\s|#[^\n]*)*/y;
const KEY_PART = /[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)[ \t]*/y;
/** A multi-line string ends at the last three of up to five quotes. */
const STRING = /"""(?:[^"\\]|\\[^]|"{1,2}(?!"))*"{3,5}|'''[^]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const BARE_VALUE = /[^,\]}#\n]+/y;

/** The line of each key and table, from 1, by its dotted name; the first, where a name occurs in several. */
export function keyLines(toml: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const match = pattern.exec(toml);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  function skip(character: string): boolean {
    if (toml[at] !== character) return false;
    at += 1;
    return true;
  }

  function key(table: readonly string[]): readonly string[] {
    const line = toml.slice(0, at).split("\n").length;
    const path = [...table];
    do path.push(unquoted(take(KEY_PART) ?? "")); while (skip("."));
    const name = dotted(path);
    if (!lines.has(name)) lines.set(name, line);
    return path;
  }

  function pair(table: readonly string[]): void {
    const path = key(table);
    skip("=");
    value(path);
  }

  function value(path: readonly string[]): void {
    take(BLANK);
    if (skip("[")) each("]", () => value(path));
    else if (skip("{")) each("}", () => pair(path));
    else if (take(STRING) === undefined) take(BARE_VALUE);
  }

  /** Takes one thing after another, up to `end`, or to the end of the text when it is not what the parser took it for. */
  function each(end: string, item: () => void): void {
    for (take(BLANK); at < toml.length && !skip(end); take(BLANK)) {
      const from = at;
      if (!skip(",")) item();
      if (at === from) at = toml.length;
    }
  }

  let table: readonly string[] = [];
  each("", () => {
    if (!skip("[")) return pair(table);
    skip("[");
    table = key([]);
    skip("]");
    skip("]");
  });
  return lines;
}

function unquoted(part: string): string {
  return /^["']/.test(part) ? Object.keys(parse(`${part} = 0`))[0] ?? "" : part;
}
