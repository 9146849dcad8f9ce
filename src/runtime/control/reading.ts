/**
 * Reads what requests are about.
 *
 * @module
 */
import { ControlProtocolError } from "./wire.ts";

/** What was sent, member by member. Its readers throw `ControlProtocolError` for what is none of that kind, and quote nothing. */
export class Members {
  readonly #members: Readonly<Record<string, unknown>>;

  /** Throws `ControlProtocolError` for what is no object. */
  constructor(value: unknown) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ControlProtocolError("Found something else, expected an object");
    }
    this.#members = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return this.#members[name] !== undefined && this.#members[name] !== null;
  }

  text(name: string): string {
    return this.#read(name, "a text", (value) => typeof value === "string");
  }

  flag(name: string): boolean {
    return this.#read(name, "true or false", (value) => typeof value === "boolean");
  }

  number(name: string): number {
    return this.#read(name, "a number", (value) => typeof value === "number");
  }

  /** A number, or null for one without end: JSON has no word for that. */
  bound(name: string): number {
    return this.#members[name] === null ? Infinity : this.number(name);
  }

  list<T>(name: string, read: (item: unknown) => T): T[] {
    return this.#read<unknown[]>(name, "a list", (value) => Array.isArray(value)).map(read);
  }

  texts(name: string): string[] {
    return this.#read(name, "a list of texts", (value) => (
      Array.isArray(value) && value.every((item) => typeof item === "string")
    ));
  }

  within(name: string): Members {
    return new Members(this.#members[name]);
  }

  #read<T>(name: string, expected: string, fits: (value: unknown) => boolean): T {
    const value = this.#members[name];
    if (fits(value)) return value as T;
    throw new ControlProtocolError(`Found something else in "${name}", expected ${expected}`);
  }
}
