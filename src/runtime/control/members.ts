/**
 * Reads the questions of requests.
 *
 * @module
 */
import { ControlError } from "./control.ts";

/** The members of a question. Each reader throws `ControlError` for a member of another kind, and quotes nothing. */
export class Members {
  readonly #members: Readonly<Record<string, unknown>>;

  /** Throws `ControlError` unless the value is an object. */
  constructor(value: unknown) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ControlError("Found something else, expected an object");
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

  /** A number, or null for one without end, which JSON cannot write. */
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
    throw new ControlError(`Found something else in "${name}", expected ${expected}`);
  }
}
