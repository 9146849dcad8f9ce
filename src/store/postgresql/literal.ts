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

/**
 * A table of the numbers in a parameter, as SQL: to join it finds each by the index of the one partition that it can be in, where
 * `= ANY` would look into all of them.
 */
export function namedNumbers(parameter: number): string {
  return `unnest($${parameter}::bigint[]) AS named (number)`;
}

/** A pattern for both characters would take half as long again: stanzas are long, and have many quotation marks. */
function quoted(value: string | null): string {
  return value === null ? "NULL" : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
