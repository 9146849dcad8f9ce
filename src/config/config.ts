/**
 * A configuration that has been read and checked.
 *
 * @module
 */
import type { Configurable, Option, Options, TomlValue, Values } from "./options.ts";
import { CORE, isOption, type Settled, type Tree } from "./core.ts";

/** Place where a value was found. */
export type Source =
  | { readonly from: "default" }
  | { readonly from: "file"; readonly file: string; readonly line: number }
  | { readonly from: "environment"; readonly name: string }
  | { readonly from: "flag"; readonly name: string };

/** One key with its value. */
export interface Setting {
  /** Dotted: `component.reconnect.max`. */
  readonly key: string;
  readonly option: Option<unknown>;
  /** The plugin that declares it; the core's have none. */
  readonly plugin?: string;
  /** The store that declares it. */
  readonly store?: string;
  /** As the source says it; `undefined` when an optional key is left out. */
  readonly raw: TomlValue | undefined;
  readonly value: unknown;
  readonly source: Source;
}

/** Everything that was configured. Paths are absolute. */
export interface Config extends Settled<typeof CORE> {
  readonly component: Settled<typeof CORE>["component"] & {
    readonly secret: string;
  };
  /** The options of each plugin, by the plugin's name. */
  readonly plugins: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The options of each store, by the store's name. */
  readonly stores: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Every key, as it was found: what `check` prints and a reload compares. */
  readonly settings: ReadonlyMap<string, Setting>;
}

/** The typed view of settings. Throws `TypeError` when one of the core's is not there. */
export function configFrom(settings: ReadonlyMap<string, Setting>): Config {
  const plugins: Record<string, Record<string, unknown>> = {};
  const stores: Record<string, Record<string, unknown>> = {};
  for (const { key, value, plugin, store } of settings.values()) {
    const name = key.slice(key.lastIndexOf(".") + 1);
    if (plugin !== undefined) (plugins[plugin] ??= {})[name] = value;
    if (store !== undefined) (stores[store] ??= {})[name] = value;
  }
  return { ...settled(CORE, settings), plugins, stores, settings } as Config;
}

function settled<T extends Tree>(tree: T, settings: ReadonlyMap<string, Setting>, prefix = ""): Settled<T> {
  const entries = Object.entries(tree).map(([name, node]) => {
    const key = prefix + name;
    if (!isOption(node)) return [name, settled(node, settings, `${key}.`)];
    const setting = settings.get(key);
    if (setting === undefined) throw new TypeError(`Cannot do without the setting "${key}"`);
    return [name, setting.value];
  });
  return Object.fromEntries(entries);
}

/** Domains that may have archives: those of accounts and those of rooms. */
export function archivedDomains({ hosts, rooms }: Pick<Config, "hosts" | "rooms">): readonly string[] {
  return [...hosts, ...rooms];
}

/** The options of one plugin. */
export function pluginValues<O extends Options>(config: Config, plugin: Configurable<O>): Values<O> {
  return (config.plugins[plugin.name] ?? {}) as Values<O>;
}

/** The options of one store. */
export function storeValues<O extends Options>(config: Pick<Config, "stores">, store: Configurable<O>): Values<O> {
  return (config.stores[store.name] ?? {}) as Values<O>;
}
