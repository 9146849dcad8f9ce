/**
 * Reads JIDs that were written as Erlang terms: a list of `{User, Server, Resource}`, each a binary. Nothing else is read.
 *
 * @module
 */

const BINARY = /<<(?:"((?:[^"\\]|\\[^])*)"(?:\/utf8)?|([\d, \n]*))>>/y;
const SPACE = /[ \n]*/y;
const ESCAPE = /\\(?:x\{([\da-fA-F]{1,6})\}|([0-7]{1,3})|([^]))/g;
const CONTROLS: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  s: " ",
  b: "\b",
  e: "\x1b",
  f: "\f",
  v: "\v",
};

/** The tuples of a term, their parts as text; `undefined` when the term is another. */
export function readJidTuples(term: string): string[][] | undefined {
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(term);
    at += found?.[0].length ?? 0;
    return found;
  };
  const takes = (token: string): boolean => {
    match(SPACE);
    if (!term.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const tuples: string[][] = [];
  if (!takes("[")) return undefined;
  while (!takes("]")) {
    if (tuples.length > 0 && !takes(",")) return undefined;
    if (!takes("{")) return undefined;
    const parts: string[] = [];
    while (!takes("}")) {
      if (parts.length > 0 && !takes(",")) return undefined;
      match(SPACE);
      const binary = match(BINARY);
      if (binary === null) return undefined;
      parts.push(binary[1] === undefined ? bytesOf(binary[2] ?? "") : unescaped(binary[1]));
    }
    tuples.push(parts);
  }
  return tuples;
}

function bytesOf(list: string): string {
  const bytes = list.split(",").filter((byte) => byte.trim() !== "").map(Number);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function unescaped(written: string): string {
  return written.replace(ESCAPE, (_, hex, octal, character) => {
    if (character !== undefined) return CONTROLS[character] ?? character;
    return String.fromCodePoint(Math.min(hex === undefined ? parseInt(octal, 8) : parseInt(hex, 16), 0x10ffff));
  });
}
