/**
 * Reads data that was written as Lua: tables, strings, numbers and booleans. Nothing is run: what is not data is an error.
 *
 * @module
 */

/** A value of Lua. Strings are text: their bytes are read as UTF-8. */
export type LuaValue = string | number | boolean | LuaTable;

/** A table: its list, and what has a key. */
export interface LuaTable {
  readonly list: readonly LuaValue[];
  readonly fields: ReadonlyMap<string | number | boolean, LuaValue>;
}

/** Where a text stops being data. Says nothing of what is there, which may be private. */
export class LuaError extends Error {
  override readonly name = "LuaError";

  /** `at` is an index into the text. */
  constructor(message: string, readonly at: number) {
    super(message);
  }
}

/** Levels of tables in each other: those of a stanza are at most as many as its elements'. */
const MAX_DEPTH = 250;

const NUMBER = /-?(?:0[xX][\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)/y;
const NAME = /[A-Za-z_]\w*/y;
const ESCAPE = /\\(?:(\d{1,3})|x([\da-fA-F]{2})|([abfnrtv\\"'\n])|)/g;
const CONTROLS: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const utf8 = new TextDecoder();

/** Reads one value and whatever the caller expects around it. `text` has a character for each byte (Latin-1). */
export class LuaReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes these characters, with blanks ahead of them; says whether they are there. */
  takes(token: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** The same where they have to be there. */
  expect(token: string): void {
    if (!this.takes(token)) throw this.#expected(`"${token}"`);
  }

  /** The end of the text has to follow. */
  expectEnd(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#expected("the end");
  }

  table(depth = 0): LuaTable {
    if (depth > MAX_DEPTH) throw this.#expected(`at most ${MAX_DEPTH} tables in each other`);
    this.expect("{");
    const list: LuaValue[] = [];
    const fields = new Map<string | number | boolean, LuaValue>();
    while (!this.takes("}")) {
      const key = this.#key();
      const value = this.#value(depth);
      if (key === undefined) list.push(value);
      else fields.set(key, value);
      if (!this.takes(";") && !this.takes(",")) {
        this.expect("}");
        break;
      }
    }
    return { list, fields };
  }

  /** What stands ahead of the value, if anything does: `["name"] =`, or `name =`. */
  #key(): string | number | boolean | undefined {
    if (this.takes("[")) {
      const key = this.#value(MAX_DEPTH);
      if (typeof key === "object") throw this.#expected("a string, a number or a boolean");
      this.expect("]");
      this.expect("=");
      return key;
    }
    // In a list: this is what a stanza's children are.
    if (this.#text[this.#at] === '"' || this.#text[this.#at] === "{") return undefined;
    const from = this.#at;
    const name = this.#match(NAME);
    if (name !== "" && this.takes("=")) return name;
    this.#at = from;
    return undefined;
  }

  #value(depth: number): LuaValue {
    this.#skipBlanks();
    switch (this.#text[this.#at]) {
      case "{":
        return this.table(depth + 1);
      case '"':
      case "'":
        return this.#string();
    }
    const number = this.#match(NUMBER);
    if (number !== "") return Number(number);
    switch (this.#match(NAME)) {
      case "true":
        return true;
      case "false":
        return false;
    }
    throw this.#expected("a table, a string, a number or a boolean");
  }

  #string(): string {
    const from = this.#at + 1;
    const quote = this.#text[this.#at] ?? "";
    let end = this.#text.indexOf(quote, from);
    while (end !== -1 && isEscaped(this.#text, from, end)) end = this.#text.indexOf(quote, end + 1);
    if (end === -1) throw this.#expected("a string with an end");
    const written = this.#text.slice(from, end);
    if (written.includes("\n") && /(?<!\\)\n/.test(written)) throw this.#expected("a string on one line");
    this.#at = end + 1;
    return textOf(written.includes("\\") ? this.#unescaped(written) : written);
  }

  #unescaped(written: string): string {
    return written.replace(ESCAPE, (_, decimal, hex, character) => {
      const code = decimal === undefined ? parseInt(hex, 16) : Number(decimal);
      if (character !== undefined) return CONTROLS[character] ?? character;
      if (!(code < 256)) throw this.#expected("an escape of Lua's");
      return String.fromCharCode(code);
    });
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #expected(what: string): LuaError {
    return new LuaError(`expected ${what}`, this.#at);
  }
}

/** A blank, a tab, or the end of a line. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** Whether an odd number of backslashes stands ahead of an index. */
function isEscaped(text: string, from: number, at: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && text[at - backslashes - 1] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** Bytes, as a character each, to text. */
function textOf(bytes: string): string {
  if (!/[^\0-\x7f]/.test(bytes)) return bytes;
  return utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
