/**
 * All keys that there are: the core's, those of the plugins and those of the stores.
 *
 * @module
 */
import { choice, type Configurable, type Option, option } from "./options.ts";
import { CORE, isOption, type Tree } from "./core.ts";
import type { ConfigProblem } from "./problem.ts";

/** A key that may be configured. */
export interface Declaration {
  readonly option: Option<unknown>;
  /** The plugin that declares it; the core's have none. */
  readonly plugin?: string;
  /** The store that declares it. */
  readonly store?: string;
}

/** The part of a store that configurations are read by. */
export interface ConfigurableStore extends Configurable {
  /** Part of the documentation of `archive2`: `in a file`. */
  readonly keeps: string;
}

/** Everything that declares options. */
export interface Declaring {
  readonly plugins: readonly Configurable[];
  /** The stores, one of which `archive2` chooses: the first where it is not set. */
  readonly stores: readonly ConfigurableStore[];
}

/** Every key by its dotted name, in the order of the file: the top level, then table by table. */
export type Schema = ReadonlyMap<string, Declaration>;

/**
 * Puts the schema together. Two declarations of one key are a problem, since neither plugin would know whose value it
 * got; so are two keys that the same variable of the environment sets.
 */
export function schemaOf({ plugins, stores }: Declaring): { schema: Schema; problems: readonly ConfigProblem[] } {
  const core = flatten(CORE).flatMap(([key, each]): [string, Declaration][] =>
    key === "storage.archive2" ? [[key, { option: choiceOf(stores) }], ...optionsOf(stores)] : [[key, each]]
  );
  const declared = new Map<string, Declaration>();
  const owners = new Map([...core.map(([key]) => key), ...tablesOf(core)].map((key) => [variableOf(key), "Annals"]));
  const problems: ConfigProblem[] = [];
  for (const { name, options, table } of plugins) {
    for (const [own, option] of Object.entries<Option<unknown>>(options)) {
      const key = table === undefined ? own : `${table}.${own}`;
      const owner = owners.get(variableOf(key));
      if (owner === undefined) {
        declared.set(key, { option, plugin: name });
        owners.set(variableOf(key), `the plugin "${name}"`);
      } else {
        problems.push({
          where: `plugin "${name}"`,
          key,
          message: `Cannot declare an option that ${owner} has already`,
        });
      }
    }
  }
  const [top = [], inTables = []] = [false, true].map((inTable) =>
    [core, [...declared]].map((keys) => keys.filter(([key]) => key.includes(".") === inTable)).flat()
  );
  return { schema: new Map([...top, ...inTables]), problems };
}

/** The option that chooses a store. */
function choiceOf(stores: readonly ConfigurableStore[]): Option<string> {
  const places = stores.map(({ name, keeps }) => `"${name}" ${keeps}`).join(", ");
  const doc = `${CORE.storage.archive2.doc}: ${places}`;
  const [first] = stores;
  return option(choice(...stores.map(({ name }) => name)), { doc, ...first !== undefined && { default: first.name } });
}

function optionsOf(stores: readonly ConfigurableStore[]): [string, Declaration][] {
  return stores.flatMap(({ name, options }) =>
    Object.entries(options).map(([key, option]): [string, Declaration] => [
      `storage.${name}.${key}`,
      { option, store: name },
    ])
  );
}

/** The variable of the environment that sets a key: `log.level` is `ANNALS_LOG_LEVEL`. */
export function variableOf(key: string): string {
  return `ANNALS_${key.toUpperCase().replaceAll(".", "_")}`;
}

/** The tables that the keys of a schema are in. */
export function tablesOf(entries: Iterable<readonly [string, unknown]>): readonly string[] {
  const tables = [...entries].flatMap(([key]) => {
    const parts = key.split(".");
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
  });
  return [...new Set(tables)];
}

function flatten(tree: Tree, prefix = ""): [string, Declaration][] {
  return Object.entries(tree).flatMap(([name, node]) =>
    isOption(node) ? [[prefix + name, { option: node }]] : flatten(node, `${prefix}${name}.`)
  );
}
