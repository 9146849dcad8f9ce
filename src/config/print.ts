/**
 * Writes configurations as TOML: the one in force, for `check`, and the one that is shipped, with every option explained.
 *
 * @module
 */
import type { Setting } from "./config.ts";
import { placeOf } from "./problem.ts";
import type { Schema } from "./schema.ts";
import { written } from "./toml.ts";

/** Every key with its value and where it comes from; secrets are masked. */
export function effectiveConfig(settings: ReadonlyMap<string, Setting>): string {
  return inTables(settings, (name, { option, raw, source }) => {
    if (raw === undefined) return `# ${name} is not set`;
    return `${name} = ${written(option.secret ? "********" : raw)} # ${placeOf(source, "default").where}`;
  });
}

const HEADER = `\
# Annals: every option at its default, with the reason to change it. Only hosts and [component] need values of yours.
#
# Any option can also be given on the command line (--component.port 5347), which overrides the environment
# (ANNALS_COMPONENT_PORT=5347), which overrides this file; "annals check" shows what is in force, and why.
# A change takes effect at the next start; where it says [reload], at SIGHUP too.

`;

/** Every option at its default, with the reason why one would change it. */
export function shippedConfig(schema: Schema): string {
  return HEADER + inTables(schema, (name, { option }) => {
    const { doc, reload, optional, default: value = option.example } = option;
    const line = value === undefined ? `# ${name} =` : `${optional ? "# " : ""}${name} = ${written(value)}`;
    return `# ${doc}.${reload ? " [reload]" : ""}\n${line}\n`;
  });
}

/** A paragraph for each key, under the header of its table. `keys` has those of one table together. */
function inTables<T>(keys: ReadonlyMap<string, T>, paragraph: (name: string, value: T) => string): string {
  const tables = Map.groupBy(keys, ([key]) => key.slice(0, Math.max(key.lastIndexOf("."), 0)));
  return [...tables].map(([table, entries]) => {
    const paragraphs = entries.map(([key, value]) => paragraph(key.slice(key.lastIndexOf(".") + 1), value));
    return [...table === "" ? [] : [`[${table}]`], ...paragraphs].join("\n").trimEnd() + "\n";
  }).join("\n");
}
