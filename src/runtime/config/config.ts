/**
 * A configuration that has been read and checked.
 *
 * @module
 */
import type { Option, Options, TomlValue, Values } from "../options.ts";
import type { Plugin } from "../plugin.ts";
import type { CORE, Settled } from "./core.ts";

/** Where a value was found. */
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
  /** Every key, as it was found: what `check` prints and a reload compares. */
  readonly settings: ReadonlyMap<string, Setting>;
}

/** The options of one plugin. Throws `TypeError` when the configuration was not read with that plugin. */
export function pluginValues<O extends Options>(
  config: Config,
  plugin: Plugin<O>,
): Values<O> {
  const values = config.plugins[plugin.name];
  if (values === undefined) {
    throw new TypeError(
      `Cannot give the options of the unknown plugin "${plugin.name}"`,
    );
  }
  return values as Values<O>;
}
