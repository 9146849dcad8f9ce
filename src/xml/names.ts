/**
 * Names (Namespaces in XML 1.0 §4).
 *
 * @module
 */

/** XML 1.0 productions [4] `NameStartChar` and [4a] `NameChar`, but for the colon. */
const START = "A-Z_a-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f" +
  "\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}";
const NCNAME = `[${START}][${START}\\-.0-9\\xb7\\u0300-\\u036f\\u203f\\u2040]*`;
const QNAME = new RegExp(`^${NCNAME}(?::${NCNAME})?$`, "u");

/** Reports whether this is a name, with or without a prefix. */
export function isName(text: string): boolean {
  return QNAME.test(text);
}

/** ASCII characters that may be in a name: 1, the colon 3. */
const IN_NAME = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return character === ":" ? 3 : /[-.\w]/.test(character) ? 1 : 0;
});

/** A slice shorter than this is a copy; a longer one would keep all of its text in memory (V8). */
const COPIED = 13;

/** Reads names in place. Names recur: those met lately are neither checked nor copied again. */
export class NameReader {
  /** End of the name that was read. */
  end = 0;
  /** True when it has a prefix. */
  prefixed = false;
  readonly #recent: string[] = new Array(256).fill("");

  /** Reports whether a whole text is a name. */
  is(text: string): boolean {
    return this.read(text, 0) !== undefined && this.end === text.length;
  }

  /** Reads the name that begins at `from`. Returns `undefined` when none does. */
  read(text: string, from: number): string | undefined {
    let at = from;
    let hash = 0;
    let seen = 0;
    for (let code = text.charCodeAt(at); code >= 0; code = text.charCodeAt(++at)) {
      if (code < 128) {
        const kind = IN_NAME[code] ?? 0;
        if (kind === 0) break;
        seen |= kind;
      }
      hash = Math.imul(hash, 31) + code | 0;
    }
    this.end = at;
    this.prefixed = seen > 1;
    const slot = hash & 255;
    const recent = this.#recent[slot] ?? "";
    if (recent.length === at - from && at > from && text.startsWith(recent, from)) return recent;
    const name = text.slice(from, at);
    if (!isName(name)) return undefined;
    if (name.length < COPIED) this.#recent[slot] = name;
    return name;
  }
}
