/** Yields every code point, as text. */
export function* codePoints(): Generator<string> {
  for (let code = 0; code < 0x110000; code++) {
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
  }
}
