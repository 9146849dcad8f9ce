/**
 * Settles the value of each key: flags before environment before file before default.
 *
 * @module
 */
import type { Option } from "./options.ts";
import type { Setting, Source } from "./config.ts";
import type { Given } from "./given.ts";
import { likely } from "./likely.ts";
import { type ConfigProblem, placeOf } from "./problem.ts";
import { type Schema, tablesOf } from "./schema.ts";
import { show } from "./toml.ts";

/** Later ones override earlier ones. */
const PRECEDENCE: readonly Source["from"][] = ["default", "file", "environment", "flag"];

/** Returns the precedence of a source; the greatest wins. */
export function precedenceOf(source: Source): number {
  return PRECEDENCE.indexOf(source.from);
}

/** Settings and problems; a key with a problem has no setting. */
export interface Settlement {
  readonly settings: Map<string, Setting>;
  readonly problems: readonly ConfigProblem[];
}

/** Settles all keys of a schema. Every value is checked, also one that another overrides. */
export function settle(
  given: readonly Given[],
  { schema, file, folder, own = [] }: {
    schema: Schema;
    file: string;
    folder: string;
    /** Names of the command's own flags, one of which a misspelt flag may mean. */
    own?: readonly string[];
  },
): Settlement {
  const settings = new Map<string, Setting>();
  const problems = given.filter(({ key }) => !schema.has(key)).map((each) => unknownKey(each, schema, own));
  for (const [key, declaration] of schema) {
    const { option } = declaration;
    const declared = { key, ...declaration };
    const candidates = candidatesFor(key, option, given);
    if (candidates.length === 0) {
      if (isRequired(declared, settings)) problems.push(missing(key, option, file));
      else settings.set(key, { ...declared, raw: undefined, value: undefined, source: { from: "default" } });
    }
    for (const { source, readings } of candidates) {
      try {
        settings.set(key, { ...declared, ...firstReading(readings, option, folder), source });
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
        const message = `Found ${show(readings[0], option)}, expected ${error.message}`;
        problems.push({ ...placeOf(source, file), key, message });
      }
    }
  }
  return { settings, problems };
}

/** Returns the values that were given for a key, the weakest first. */
function candidatesFor(key: string, option: Option<unknown>, given: readonly Given[]): readonly Given[] {
  const said = given.filter((each) => each.key === key);
  if (said.length > 0) return said.sort((a, b) => precedenceOf(a.source) - precedenceOf(b.source));
  return option.default === undefined ? [] : [{ key, source: { from: "default" }, readings: [option.default] }];
}

/** A plugin that does not run needs nothing. */
function isRequired({ option, plugin }: Pick<Setting, "option" | "plugin">, settings: Settlement["settings"]): boolean {
  const enabled = settings.get("modules_enabled")?.value as readonly string[] | undefined;
  return !option.optional && (plugin === undefined || enabled?.includes(plugin) === true);
}

function missing(key: string, { expects, example }: Option<unknown>, file: string): ConfigProblem {
  const suggestion = example === undefined ? "" : `, such as ${show(example)}`;
  return { where: file, key, missing: true, message: `Missing; expected ${expects}${suggestion}` };
}

function firstReading(
  readings: Given["readings"],
  option: Option<unknown>,
  folder: string,
): Pick<Setting, "raw" | "value"> {
  const failures: unknown[] = [];
  for (const raw of readings) {
    try {
      return { raw, value: option.parse(raw, folder) };
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

function unknownKey({ key, source }: Given, schema: Schema, own: readonly string[]): ConfigProblem {
  if (source.from === "flag") {
    const meant = likely(key, [...own, "config", ...schema.keys()]);
    const message = meant === undefined ? "Unknown option" : `Unknown option; did you mean --${meant}?`;
    return { where: source.name, message, ...meant !== undefined && { meant }, usage: true };
  }
  const place = { ...placeOf(source, ""), key };
  const tables = tablesOf(schema);
  if (tables.includes(key)) return { ...place, message: `Found a value, expected the table [${key}]`, meant: key };
  const meant = likely(key, [...schema.keys(), ...tables]);
  if (meant === undefined) return { ...place, message: "Unknown key" };
  // A key in the wrong table is a common mistake: all that follows a [table] belongs to it.
  const above = key.includes(".") && !meant.includes(".") ? ", above the first [table]" : "";
  return { ...place, message: `Unknown key; did you mean ${meant}${above}?`, meant };
}
