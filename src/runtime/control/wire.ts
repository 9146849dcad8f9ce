/**
 * The protocol of the service's socket: HTTP, a request a command. The body of `POST /purge?request=ID` is the question as
 * JSON; the answer is lines of JSON, progress first, then a result or an error. `DELETE /purge?request=ID` interrupts it.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { ControlError } from "./control.ts";

/** A line that the service writes. */
export type Line =
  /** Progress; as often as the service likes. */
  | { readonly progress: unknown }
  /** The end; `null` where there is nothing to say. */
  | { readonly result: unknown }
  /** The end: the message of an error, and its name. */
  | { readonly error: string; readonly kind: string };

/**
 * Bytes of the longest question: above that of a part of an import, whose entries have so many characters at most, of three
 * bytes or two with an escape, and addresses and ids with them.
 */
export const MAX_QUESTION = 16 * 1024 * 1024;

/** The address of a request; the host is never looked up. */
export function addressOf(name: string, request: string): string {
  return `http://annals/${encodeURIComponent(name)}?request=${request}`;
}

/** Reads an address that `addressOf` made. */
export function readAddress(url: string): { name: string; request: string } {
  const { pathname, searchParams } = new URL(url);
  return { name: decodeURIComponent(pathname.slice(1)), request: searchParams.get("request") ?? "" };
}

/** JSON in UTF-8. `undefined` and numbers without end have no form in JSON: they become null. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_, member) => member === undefined ? null : member) ?? "null";
}

/** Reads a question. Throws `ControlError` where it is too long, or no JSON. */
export async function readQuestion(body: ReadableStream<Uint8Array> | null): Promise<unknown> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_QUESTION) throw new ControlError(`Found more than ${MAX_QUESTION} bytes, expected fewer`);
    text += decodeWith(decoder, chunk);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The message of JSON.parse quotes the text.
    throw new ControlError("Found a body that is not JSON, expected JSON in UTF-8");
  }
}

function decodeWith(decoder: TextDecoder, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw new ControlError("Found a body that is not UTF-8, expected JSON in UTF-8");
  }
}

/** Reads the lines of an answer. Throws `ControlError` for a line of another kind. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  const lines: ReadableStream<string> = body.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const value: unknown = JSON.parse(line);
    if (!isLine(value)) throw new ControlError("Found an unknown line, expected progress, result or error");
    yield value;
  }
}

function isLine(value: unknown): value is Line {
  if (typeof value !== "object" || value === null) return false;
  return "progress" in value || "result" in value || ("error" in value && "kind" in value);
}
