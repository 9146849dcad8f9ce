/**
 * The options of a plugin while it runs: one object, whose properties are replaced when the configuration is reloaded.
 *
 * @module
 */
import type { Configurable, Options, Values } from "./options.ts";
import { type Config, pluginValues } from "./config.ts";

/** A plugin's options in force. */
export interface LiveValues<O extends Options> {
  /** Always the same object; look at its properties when they are needed, rather than keep copies. */
  readonly values: Values<O>;
  /** Takes the values over from a configuration that `reconcile` made. */
  update(config: Config): void;
}

/** The options of a plugin, to be kept current. */
export function liveValues<O extends Options>(config: Config, plugin: Configurable<O>): LiveValues<O> {
  const values = { ...pluginValues(config, plugin) };
  return {
    values,
    update(next): void {
      Object.assign(values, pluginValues(next, plugin));
    },
  };
}
