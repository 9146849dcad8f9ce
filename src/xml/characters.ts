/**
 * The character classes of XML 1.0 (fifth edition) and of Namespaces in XML 1.0.
 *
 * @module
 */

/** Characters below U+10000 that production [2] `Char` leaves out, surrogates aside. */
// deno-lint-ignore no-control-regex
const ILLEGAL = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Returns the index of the first character that XML does not allow (production [2] `Char`); -1 when all are allowed. */
export function findIllegal(text: string): number {
  const illegal = text.search(ILLEGAL);
  if (text.isWellFormed()) return illegal;
  const lone = text.search(LONE_SURROGATE);
  return illegal === -1 ? lone : Math.min(illegal, lone);
}

/** Reports whether a character reference may stand for this code point (production [2] `Char`). */
export function isChar(code: number): boolean {
  return code >= 0x20 && code <= 0xd7ff || code === 0x9 || code === 0xa || code === 0xd ||
    code >= 0xe000 && code <= 0xfffd || code >= 0x10000 && code <= 0x10ffff;
}

/** White space (production [3] `S`). */
export function isSpace(code: number): boolean {
  return code <= 0x20 && (code === 0x20 || code === 0xa || code === 0x9 || code === 0xd);
}

/** Returns the end of the white space that begins at `from`. */
export function spaceEnd(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}
