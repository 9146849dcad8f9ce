/**
 * Rules that several keys keep together.
 *
 * @module
 */
import type { Setting } from "./config.ts";
import { likely } from "./likely.ts";
import { type ConfigProblem, placeOf } from "./problem.ts";
import { type Schema, variableOf } from "./schema.ts";
import { show } from "./toml.ts";

/** What is wrong between settings, each of which is right by itself; `plugins` are the names of all that there are. */
export function crossChecks(
  settings: ReadonlyMap<string, Setting>,
  { file, plugins }: { file: string; plugins: readonly string[] },
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];

  /** The value of a key; `undefined` when a problem with it was told already. */
  function valueOf<T>(key: string): T | undefined {
    return settings.get(key)?.value as T | undefined;
  }
  function report(key: string, message: string): void {
    const setting = settings.get(key);
    problems.push({ ...placeOf(setting?.source ?? { from: "default" }, file), key, message });
  }

  const hosts = valueOf<readonly string[]>("hosts");
  const domain = valueOf<string>("component.domain");
  if (hosts?.length === 0) report("hosts", "Found [], expected at least one domain");
  if (domain !== undefined && hosts?.includes(domain)) {
    report("component.domain", `Found ${show(domain)}, which is one of hosts; expected an address of its own`);
  }
  for (const name of valueOf<readonly string[]>("modules_enabled") ?? []) {
    if (!plugins.includes(name)) {
      report("modules_enabled", `Found ${show(name)}, expected only plugins that there are: ${plugins.join(", ")}`);
    }
  }
  const initial = valueOf<number>("component.reconnect.initial");
  const max = valueOf<number>("component.reconnect.max");
  if (initial !== undefined && max !== undefined && max < initial) {
    report(
      "component.reconnect.max",
      `Found ${max}, expected at least component.reconnect.initial, which is ${initial}`,
    );
  }
  return problems;
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
    return meant === undefined
      ? []
      : [{ where, message: `Unknown variable, not used; did you mean ${PREFIX}${meant}?` }];
  });
}
