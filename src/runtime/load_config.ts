/**
 * Reads a configuration: file, environment, flags, and the plugins of the operator's own that they name.
 *
 * @module
 */
import type { AnyPlugin } from "./plugin.ts";
import { dirname, resolve } from "node:path";
import { fileProblem } from "../lib/file_problem.ts";
import { type LoadedPlugins, loadPlugins } from "./plugin_loader.ts";
import { crossChecks } from "../config/checks.ts";
import { type Config, configFrom } from "../config/config.ts";
import { type Given, givenInEnvironment, givenInFile, givenInFlags, misspeltVariables } from "../config/given.ts";
import { ConfigError, type ConfigProblem, placeOf } from "../config/problem.ts";
import { type Schema, schemaOf } from "../config/schema.ts";
import { findSecret, secretsIn } from "../config/secret.ts";
import { settle } from "../config/settle.ts";
import { BACK_ENDS } from "../store/mod.ts";

/** Sources of a configuration. */
export interface ConfigSources {
  /** The configuration file; errors name it as it is written here. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Values from the command line, by dotted key. */
  readonly flags: ReadonlyMap<string, string>;
  /** Names of the command's own flags, one of which a misspelt flag may mean. */
  readonly own?: readonly string[];
  /** The plugins that come with Annals. */
  readonly plugins: readonly AnyPlugin[];
}

/** A configuration that is right. */
export interface Loaded {
  readonly config: Config;
  /** The plugins to run, in the order of `modules_enabled`. */
  readonly plugins: readonly AnyPlugin[];
  /** Findings that are no errors. */
  readonly warnings: readonly ConfigProblem[];
}

/** Reads the configuration file and all that it refers to. Throws `ConfigError` with everything that is wrong. */
export async function readConfig(sources: ConfigSources): Promise<Loaded> {
  return await loadConfig({ ...sources, text: await readText(sources) });
}

/** The same, for a file that was read already. */
export async function loadConfig(sources: ConfigSources & { text: string }): Promise<Loaded> {
  const { file, env, own: ownFlags = [] } = sources;
  const folder = dirname(resolve(file));
  const own = await ownPlugins(sources, folder);
  const available = [...sources.plugins, ...own.plugins];
  const { schema, problems: clashes } = schemaOf({ plugins: available, stores: BACK_ENDS });
  const { settings, problems } = settle(given(sources, schema), { schema, file, folder, own: ownFlags });
  const chosen = settings.get("storage.archive2")?.value;
  const secrets = await Promise.all(
    secretsIn(schema).map(({ key, store = chosen }) => findSecret(settings, { key, file, needed: store === chosen })),
  );
  const all = [
    ...own.problems,
    ...clashes,
    ...problems,
    ...secrets.flatMap(({ problems }) => problems),
    ...crossChecks(settings, { file, plugins: available.map(({ name }) => name) }),
  ];
  if (all.length > 0) throw new ConfigError(all);

  for (const { key, secret } of secrets) {
    const holder = settings.get(key);
    if (holder !== undefined) settings.set(key, { ...holder, value: secret });
  }
  const config = configFrom(settings);
  const plugins = [...new Set(config.modules_enabled)].flatMap((name) =>
    available.filter((each) => each.name === name)
  );
  const warnings = [...secrets.flatMap(({ warnings }) => warnings), ...misspeltVariables(env, schema)];
  return { config, plugins, warnings };
}

/** Finds all plugins that a configuration may enable, and reads no more of it than that needs. */
export async function findPlugins(sources: ConfigSources): Promise<LoadedPlugins> {
  const text = await Deno.readTextFile(sources.file).catch(() => "");
  const own = await ownPlugins({ ...sources, text }, dirname(resolve(sources.file)));
  return { ...own, plugins: [...sources.plugins, ...own.plugins] };
}

/** Loads the plugins in the folders of `plugin_paths`, without which it is not known which options there are. */
async function ownPlugins(sources: ConfigSources & { text: string }, folder: string): Promise<LoadedPlugins> {
  const { file, plugins } = sources;
  const { schema } = schemaOf({ plugins: [], stores: [] });
  const paths = settle(given(sources, schema), { schema, file, folder }).settings.get("plugin_paths");
  if (paths === undefined) return { plugins: [], problems: [] };
  const place = { ...placeOf(paths.source, file), key: paths.key };
  return await loadPlugins(paths.value as readonly string[], { taken: plugins.map(({ name }) => name), place });
}

function given(sources: ConfigSources & { text: string }, schema: Schema): readonly Given[] {
  return [
    ...givenInFile(sources, schema),
    ...givenInEnvironment(sources.env, schema),
    ...givenInFlags(sources.flags, schema),
  ];
}

async function readText({ file, flags, plugins, own = [] }: ConfigSources): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    const hint = cause instanceof Deno.errors.NotFound ? '; "annals help options" prints one to start from' : "";
    const message = `Cannot open the configuration: ${fileProblem(cause)}${hint}`;
    // A misspelt --config is the likeliest reason why there is no file of the default name, so flags come first.
    const { schema } = schemaOf({ plugins, stores: BACK_ENDS });
    const { problems } = settle(givenInFlags(flags, schema), { schema, file, folder: "", own });
    throw new ConfigError([...problems.filter(({ usage }) => usage), { where: file, message }], { cause });
  }
}
