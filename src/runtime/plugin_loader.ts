/**
 * Plugins of the operator's own: ES modules in the folders of `plugin_paths`, whose default export is a `Plugin`.
 *
 * A compiled executable imports them too, as long as they are JavaScript and import nothing from npm.
 *
 * @module
 */
import type { AnyPlugin } from "./plugin.ts";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConfigProblem } from "../config/problem.ts";
import { isTable } from "../config/toml.ts";
import { fileProblem } from "../lib/file_problem.ts";
import { describeError } from "../log/log_line.ts";
import { optionFrom } from "../config/option_data.ts";

/** Plugins found in the folders. */
export interface LoadedPlugins {
  readonly plugins: readonly AnyPlugin[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Loads every plugin of the folders, which starts none of them. A file that is no plugin is a problem, and so is one whose
 * name is `taken`. `place` is where the folders are named.
 */
export async function loadPlugins(
  folders: readonly string[],
  { taken, place }: { taken: readonly string[]; place: Omit<ConfigProblem, "message"> },
): Promise<LoadedPlugins> {
  const names = new Set(taken);
  const plugins: AnyPlugin[] = [];
  const problems: ConfigProblem[] = [];
  for (const folder of folders) {
    try {
      for (const file of await filesIn(folder)) {
        try {
          const plugin = await loadPlugin(file);
          if (names.has(plugin.name)) throw new TypeError(`Found another plugin of the name "${plugin.name}"`);
          names.add(plugin.name);
          plugins.push(plugin);
        } catch (error) {
          problems.push({ where: file, message: `Cannot load the plugin: ${oneLine(describeError(error))}` });
        }
      }
    } catch (error) {
      problems.push({ ...place, message: `Cannot open the folder "${folder}": ${fileProblem(error)}` });
    }
  }
  return { plugins, problems };
}

/** Syntax errors come with a drawing of the line. */
function oneLine(message: string): string {
  return message.replace(/\s+/g, " ");
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const names = entries.filter((entry) => !entry.isDirectory && /^[^.].*\.m?js$/.test(entry.name)).map(({ name }) =>
    name
  );
  return names.sort().map((name) => join(folder, name));
}

async function loadPlugin(file: string): Promise<AnyPlugin> {
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  return pluginFrom(module.default);
}

/** Checks that what a module exports is a plugin. Throws `TypeError` when it is not. */
export function pluginFrom(exported: unknown): AnyPlugin {
  if (!isTable(exported)) {
    throw new TypeError("Found no default export, expected one with name, summary, options and start");
  }
  const { name, summary, options = {}, events = {}, start } = exported as Record<string, unknown>;
  if (typeof name !== "string" || !NAME.test(name)) throw new TypeError(`The plugin's name is not ${NAME_EXPECTS}`);
  if (typeof summary !== "string") throw new TypeError("The plugin's summary is not a text");
  if (typeof start !== "function") throw new TypeError("The plugin's start is not a function");
  if (!isTable(options)) throw new TypeError("The plugin's options are not an object");
  if (!isTable(events) || !Object.values(events).every(isEvent)) {
    throw new TypeError("The plugin's events are not an object of events, each with a name");
  }
  const declared = Object.entries(options).map(([key, data]) => [key, declaredOption(key, data)]);
  return {
    name,
    summary,
    options: Object.fromEntries(declared),
    table: `plugins.${name}`,
    events: events as unknown as AnyPlugin["events"] & object,
    start: (context) => start.call(exported, context),
  };
}

function isEvent(value: unknown): boolean {
  return isTable(value) && typeof value.name === "string";
}

const NAME = /^[a-z][a-z0-9_]*$/;
const NAME_EXPECTS = "a word of small letters, digits and _";

function declaredOption(key: string, data: unknown): ReturnType<typeof optionFrom> {
  if (!NAME.test(key)) throw new TypeError(`The name of its option "${key}" is not ${NAME_EXPECTS}`);
  try {
    return optionFrom(data);
  } catch (cause) {
    throw new TypeError(`The option "${key}" of the plugin is not right`, { cause });
  }
}
