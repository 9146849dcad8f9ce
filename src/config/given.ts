/**
 * Values that the operator gave in the file, in the environment and on the command line.
 *
 * @module
 */
import { parse, TomlError, type TomlTable } from "smol-toml";
import type { TomlValue } from "./options.ts";
import type { Source } from "./config.ts";
import { keyLines } from "./key_lines.ts";
import { likely } from "./likely.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { type Schema, tablesOf, variableOf } from "./schema.ts";
import { dotted, isTable } from "./toml.ts";

/** A value for a key. */
export interface Given {
  readonly key: string;
  readonly source: Source;
  /** Possible meanings, likeliest first. */
  readonly readings: readonly TomlValue[];
}

/** The keys of the file; a table that the schema does not know is one key. Throws `ConfigError` when it is not TOML. */
export function givenInFile({ text, file }: { text: string; file: string }, schema: Schema): readonly Given[] {
  const table = parseFile(text, file);
  const lines = keyLines(text);
  const tables = new Set(tablesOf(schema));

  function keysOf(table: TomlTable, path: readonly string[]): Given[] {
    return Object.entries(table).flatMap(([name, value]) => {
      const key = dotted([...path, name]);
      if (tables.has(key) && isTable(value)) return keysOf(value, [...path, name]);
      const source = { from: "file", file, line: lines.get(key) ?? 1 } as const;
      return [{ key, source, readings: [value as TomlValue] }];
    });
  }
  return keysOf(table, []);
}

function parseFile(text: string, file: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The rest of the parser's message quotes the file, which may hold a password.
    const [message = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
    const where = `${file}:${error.line}:${error.column}`;
    throw new ConfigError([{ where, line: error.line, message: `Cannot read this as TOML: ${message}` }]);
  }
}

/** The keys that the environment sets. One that is set to nothing counts as not set, as container tools leave them. */
export function givenInEnvironment(env: Readonly<Record<string, string>>, schema: Schema): readonly Given[] {
  return [...schema].flatMap(([key, { option }]) => {
    const name = variableOf(key);
    const text = env[name];
    if (text === undefined || text === "") return [];
    return [{ key, source: { from: "environment", name }, readings: readingsOf(text, option.secret) }];
  });
}

const PREFIX = variableOf("");

/**
 * Variables that look like an option misspelt. Others that begin like ours may be nobody's mistake: Kubernetes sets
 * `ANNALS_SERVICE_HOST` and more for a service of that name.
 */
export function misspeltVariables(env: Readonly<Record<string, string>>, schema: Schema): readonly ConfigProblem[] {
  const known = new Set([...schema.keys()].map(variableOf));
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name));
  return names.flatMap((where) => {
    const meant = likely(where.slice(PREFIX.length), [...known].map((name) => name.slice(PREFIX.length)));
    if (meant === undefined) return [];
    return [{ where, message: `Unknown variable, not used; did you mean ${PREFIX}${meant}?` }];
  });
}

/** The keys that the command line sets. */
export function givenInFlags(flags: ReadonlyMap<string, string>, schema: Schema): readonly Given[] {
  return [...flags].map(([key, text]) => ({
    key,
    source: { from: "flag", name: `--${key}` },
    readings: readingsOf(text, schema.get(key)?.option.secret),
  }));
}

/**
 * A value of TOML, or a bare word; text that looks like another type (`1234`) may still be meant as text, and a secret is
 * meant so first, with its quotes, if it has any.
 */
function readingsOf(text: string, secret: true | undefined): readonly TomlValue[] {
  try {
    const { value } = parse(`value = ${text}`);
    return secret ? [text, value as TomlValue] : [value as TomlValue, text];
  } catch {
    return [text];
  }
}
