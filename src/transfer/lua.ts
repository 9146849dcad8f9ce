/**
 * Reads data that was written as Lua: tables, strings, numbers and booleans. Nothing is run: what is not data is an error.
 *
 * @module
 */

import { NameReader } from "../xml/names.ts";

/** A value of Lua. Strings are text: their bytes are read as UTF-8. */
export type LuaValue = string | number | boolean | LuaTable;

/** A table: its list, and what has a key. */
export interface LuaTable {
  readonly list: readonly LuaValue[];
  readonly fields: ReadonlyMap<string | number | boolean, LuaValue>;
}

/** Place where a text stops being data. Never quotes the text, which may be private. */
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

/** Tables without a list, or without a key, are many. */
const NO_LIST: readonly LuaValue[] = [];
const NO_FIELDS: ReadonlyMap<string | number | boolean, LuaValue> = new Map();

const [TAB, LINE_FEED, RETURN, BLANK, QUOTE, APOSTROPHE] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x27];
const [COMMA, SEMICOLON, EQUALS, BACKSLASH] = [0x2c, 0x3b, 0x3d, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

const utf8 = new TextDecoder();

/** Part of a text to read. */
export interface LuaPart {
  readonly from?: number;
  readonly end?: number;
  /** Keys recur: whoever reads many parts has them read by one reader. */
  readonly names?: NameReader;
}

/**
 * Reads one value and whatever the caller expects around it. `text` has a character for each byte (Latin-1); characters are
 * looked at in place, each once, as most of an archive is read for its strings.
 */
export class LuaReader {
  readonly #text: string;
  readonly #end: number;
  readonly #names: NameReader;
  #at: number;

  constructor(text: string, { from = 0, end = text.length, names = new NameReader() }: LuaPart = {}) {
    this.#text = text;
    this.#at = from;
    this.#end = end;
    this.#names = names;
  }

  /** Takes these characters, with blanks ahead of them; says whether they are there. */
  takes(token: string): boolean {
    this.#next();
    if (this.#at + token.length > this.#end || !this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** The same where they have to be there. */
  expect(token: string): void {
    if (!this.takes(token)) throw this.#expected(`"${token}"`);
  }

  /** The end of the text has to follow. */
  expectEnd(): void {
    if (!Number.isNaN(this.#next())) throw this.#expected("the end");
  }

  table(depth = 0): LuaTable {
    if (depth > MAX_DEPTH) throw this.#expected(`at most ${MAX_DEPTH} tables in each other`);
    this.#expectCode(OPEN_BRACE);
    let list: LuaValue[] | undefined;
    let fields: Map<string | number | boolean, LuaValue> | undefined;
    while (!this.#takesCode(CLOSE_BRACE)) {
      const key = this.#key();
      const value = this.#value(depth);
      if (key === undefined) (list ??= []).push(value);
      else (fields ??= new Map()).set(key, value);
      if (!this.#takesCode(SEMICOLON) && !this.#takesCode(COMMA)) {
        this.#expectCode(CLOSE_BRACE);
        break;
      }
    }
    return { list: list ?? NO_LIST, fields: fields ?? NO_FIELDS };
  }

  /** Reads the key of a value, if there is one: `["name"] =`, or `name =`. */
  #key(): string | number | boolean | undefined {
    const code = this.#next();
    if (code === OPEN_BRACKET) {
      this.#at++;
      const key = this.#name() ?? this.#value(MAX_DEPTH);
      if (typeof key === "object") throw this.#expected("a string, a number or a boolean");
      this.#expectCode(CLOSE_BRACKET);
      this.#expectCode(EQUALS);
      return key;
    }
    // In a list: this is what a stanza's children are.
    if (code === QUOTE || code === OPEN_BRACE) return undefined;
    const from = this.#at;
    const name = this.#match(NAME);
    if (name !== "" && this.#takesCode(EQUALS)) return name;
    this.#at = from;
    return undefined;
  }

  /** A string that is a name in ASCII, as nearly all keys are; `undefined`, and nothing is taken, where it is another value. */
  #name(): string | undefined {
    if (this.#next() !== QUOTE) return undefined;
    const name = this.#names.read(this.#text, this.#at + 1);
    const { end } = this.#names;
    if (name === undefined || end >= this.#end || this.#text.charCodeAt(end) !== QUOTE || !isAscii(name)) {
      return undefined;
    }
    this.#at = end + 1;
    return name;
  }

  #value(depth: number): LuaValue {
    const code = this.#next();
    if (code === QUOTE || code === APOSTROPHE) return this.#string(code);
    if (code === OPEN_BRACE) return this.table(depth + 1);
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

  #string(quote: number): string {
    const from = this.#at + 1;
    let at = from;
    let isPlain = true;
    let isAscii = true;
    for (; at < this.#end; at++) {
      let code = this.#text.charCodeAt(at);
      if (code === quote) break;
      if (code === LINE_FEED) throw this.#expected("a string on one line");
      if (code === BACKSLASH) {
        isPlain = false;
        code = this.#text.charCodeAt(++at);
      }
      if (code > 0x7f) isAscii = false;
    }
    if (at >= this.#end) throw this.#expected("a string with an end");
    const written = this.#text.slice(from, at);
    this.#at = at + 1;
    if (isPlain) return isAscii ? written : decoded(written);
    const text = this.#unescaped(written);
    return /[^\0-\x7f]/.test(text) ? decoded(text) : text;
  }

  #unescaped(written: string): string {
    return written.replace(ESCAPE, (_, decimal, hex, character) => {
      const code = decimal === undefined ? parseInt(hex, 16) : Number(decimal);
      if (character !== undefined) return CONTROLS[character] ?? character;
      if (!(code < 256)) throw this.#expected("an escape of Lua's");
      return String.fromCharCode(code);
    });
  }

  /** The code of what follows the blanks; NaN at the end. */
  #next(): number {
    for (let at = this.#at; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code !== BLANK && code !== TAB && code !== LINE_FEED && code !== RETURN) {
        this.#at = at;
        return code;
      }
    }
    this.#at = this.#end;
    return NaN;
  }

  #takesCode(code: number): boolean {
    if (this.#next() !== code) return false;
    this.#at++;
    return true;
  }

  #expectCode(code: number): void {
    if (!this.#takesCode(code)) throw this.#expected(`"${String.fromCharCode(code)}"`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #expected(what: string): LuaError {
    // Completes the sentence of its reader.
    // deno-lint-ignore plain-english/error-message
    return new LuaError(`expected ${what}`, this.#at);
  }
}

function isAscii(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Bytes, as a character each, to text. */
function decoded(bytes: string): string {
  return utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
