/**
 * Arrays as PostgreSQL reads them (PostgreSQL documentation §8.15.2 "Array Value Input"). The driver would have to ask each new
 * connection for the types of arrays before its first statement.
 *
 * @module
 */

/** An array of numbers. */
export function numbers(values: Iterable<number | bigint>): string {
  return `{${[...values].join(",")}}`;
}

/** An array of texts; `null` stays what it is. */
export function texts(values: Iterable<string | null>): string {
  return `{${Array.from(values, quoted).join(",")}}`;
}

/** A pattern for both characters would take half as long again: stanzas are long, and have many quotation marks. */
function quoted(value: string | null): string {
  return value === null ? "NULL" : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
