/**
 * What commands and the running service say to each other on the service's socket, a line of JSON each. A connection is one
 * request: the command asks, may send parts that are answered one after the other, and gets progress, then a result or an error.
 *
 * @module
 */

/** What a command says. */
export type Said =
  /** First of all: what it wants, and about what. */
  | { readonly ask: string; readonly about: unknown }
  /** One more part of what it is about. */
  | { readonly part: unknown }
  /** There are no more parts. */
  | { readonly end: true };

/** What the service says. */
export type Told =
  /** How far it has come; as often as it likes. */
  | { readonly progress: unknown }
  /** The answer to a part. */
  | { readonly answer: unknown }
  /** It is done; `null` where there is nothing to say. */
  | { readonly result: unknown }
  /** It is not, and why: the message of an error, and its name. */
  | { readonly error: string; readonly kind: string };

/**
 * Bytes of the longest line: above that of a part of an import, whose entries have so many characters at most, of three bytes
 * or two with an escape, and addresses and ids with them.
 */
export const MAX_LINE = 16 * 1024 * 1024;

/** One side does not keep to this. */
export class ControlProtocolError extends Error {
  override readonly name = "ControlProtocolError";
}

/** A line with its end, in UTF-8. `undefined` has no form in JSON: it becomes null. */
export function formatLine(said: Said | Told): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${JSON.stringify(said, (_, value) => value === undefined ? null : value)}\n`);
}

/** Reads what a command says. Throws `ControlProtocolError`, which quotes nothing. */
export function readSaid(line: Uint8Array): Said {
  const found = objectIn(line);
  if (typeof found.ask === "string") return { ask: found.ask, about: found.about };
  if ("part" in found) return { part: found.part };
  if (found.end === true) return { end: true };
  throw new ControlProtocolError("Found an object of another kind, expected ask, part or end");
}

/** Reads what the service says. Throws `ControlProtocolError`. */
export function readTold(line: Uint8Array): Told {
  const found = objectIn(line);
  if ("progress" in found) return { progress: found.progress };
  if ("answer" in found) return { answer: found.answer };
  if ("result" in found) return { result: found.result };
  const { error, kind } = found;
  if (typeof error === "string" && typeof kind === "string") return { error, kind };
  throw new ControlProtocolError("Found an object of another kind, expected progress, answer, result or error");
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** What JSON.parse would say quotes what it was given, which may be private, so that is dropped. */
function objectIn(line: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(decoder.decode(line));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw new ControlProtocolError("Found what is no object of JSON, expected one in a line of UTF-8");
}
