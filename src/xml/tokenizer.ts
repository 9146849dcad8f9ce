/**
 * Cuts text that arrives in pieces into the tokens of XML.
 *
 * @module
 */
import { XmlError } from "./error.ts";
import { type StartTag, TagReader } from "./tag.ts";

/** Kind of a token; `none` when more text is needed. */
export type Token = "none" | "text" | "start" | "end" | "cdata" | "declaration";

const QUOT = 0x22;
const APOS = 0x27;
const SLASH = 0x2f;
const LT = 0x3c;
const GT = 0x3e;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;

const TERMINATORS = { end: ">", cdata: "]]>", declaration: "?>" } as const;
const CDATA = "<![CDATA[";
const DECLARATION = "<?xml";

/**
 * Finds tokens in place. A token that goes on in the next chunk is held, and looked at again when it is complete; until
 * then only what is added is searched for its end, so that time is linear however the text is split.
 */
export class Tokenizer {
  /** The text that the current token is in, from `start` to `end`. */
  text = "";
  start = 0;
  end = 0;
  /** The current token's content, if it is a start tag. */
  tag: StartTag | undefined;
  readonly #tags: TagReader;
  #begun = false;
  /** Beginning of a token that is not complete, and its kind: `none` while there is too little to tell. */
  #held = "";
  #kind: Token = "none";
  /** The last two characters held: a `]]>` may have begun. (To ask `#held` for them would copy it.) */
  #tail = "";
  /** The quote that is open in the start tag that is held. */
  #quote = "";

  constructor(maxAttributes: number) {
    this.#tags = new TagReader(maxAttributes);
  }

  /** Number of characters that are held. */
  get held(): number {
    return this.#held.length;
  }

  /** Takes the next chunk. The tokens of the one before must have been taken, up to `none`. */
  push(chunk: string): void {
    if (this.#completes(chunk)) {
      // `join` copies at once; of a concatenation V8 would look up the parts again for each character.
      this.text = this.#held === "" ? chunk : [this.#held, chunk].join("");
      this.#tags.turnTo(this.text);
      this.#held = "";
    } else {
      this.#held += chunk;
    }
  }

  /** Goes on to the next token; where `eager`, the end of character data is not waited for. Throws `XmlError`. */
  next(eager: boolean): Token {
    if (this.#held !== "") return "none";
    this.start = this.end;
    const kind = this.#classify();
    const end = this.#findEnd(kind);
    if (end !== -1) {
      this.end = end;
    } else if (kind === "text" && eager) {
      this.end = this.text.length;
    } else {
      this.#hold(kind);
      return "none";
    }
    this.#begun = true;
    return kind;
  }

  #classify(): Token {
    const { text, start } = this;
    if (start === text.length) return "none";
    if (text.charCodeAt(start) !== LT) return "text";
    if (start + 1 === text.length) return "none";
    switch (text.charCodeAt(start + 1)) {
      case SLASH:
        return "end";
      case EXCLAMATION:
        return this.#begins(CDATA) ? "cdata" : "none";
      case QUESTION:
        if (this.#begun) throw restricted();
        return this.#begins(DECLARATION) ? "declaration" : "none";
      default:
        return "start";
    }
  }

  /** Reports whether the token begins with a markup; throws if it never will. */
  #begins(markup: string): boolean {
    if (this.text.startsWith(markup, this.start)) return true;
    if (markup.startsWith(this.text.slice(this.start))) return false;
    throw restricted();
  }

  /** Returns the end of the token that begins at `start`; -1 when that is not in the text. */
  #findEnd(kind: Token): number {
    const { text, start } = this;
    switch (kind) {
      case "none":
        return -1;
      case "text":
        return text.indexOf("<", start);
      case "start":
        this.tag = this.#tags.read(start);
        return this.tag?.end ?? -1;
      default:
        return behind(text, TERMINATORS[kind], start);
    }
  }

  /** Keeps what there is of a token. */
  #hold(kind: Token): void {
    this.#kind = kind;
    this.#tail = "";
    this.#quote = "";
    const rest = this.text.slice(this.start);
    this.#completes(rest);
    this.#held = rest;
    this.text = "";
    this.start = this.end = 0;
  }

  /** Reports whether a chunk completes the token that is held. */
  #completes(chunk: string): boolean {
    switch (this.#kind) {
      case "none":
        return true;
      case "text":
        return chunk.includes("<");
      case "start":
        return this.#endsTag(chunk);
      default: {
        const seam = this.#tail + chunk;
        this.#tail = seam.slice(-2);
        return seam.includes(TERMINATORS[this.#kind]);
      }
    }
  }

  /** Reports whether there is a `>` that is not between quotes. */
  #endsTag(chunk: string): boolean {
    for (let at = 0; at < chunk.length; at++) {
      if (this.#quote !== "") {
        at = chunk.indexOf(this.#quote, at);
        if (at === -1) return false;
        this.#quote = "";
        continue;
      }
      const code = chunk.charCodeAt(at);
      if (code === GT) return true;
      if (code === QUOT) this.#quote = '"';
      if (code === APOS) this.#quote = "'";
    }
    return false;
  }
}

/** Returns the end of the first `mark` from `start` on; -1 when there is none. */
function behind(text: string, mark: string, start: number): number {
  const at = text.indexOf(mark, start);
  return at === -1 ? -1 : at + mark.length;
}

/** RFC 6120 §11.1 forbids whatever begins `<!` or `<?`, but for CDATA sections and the XML declaration. */
function restricted(): XmlError {
  return new XmlError("restricted-xml", "Found a comment, a processing instruction or a document type");
}
