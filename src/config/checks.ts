/**
 * Rules that several keys keep together.
 *
 * @module
 */
import type { Setting } from "./config.ts";
import { type ConfigProblem, placeOf } from "./problem.ts";
import { show } from "./toml.ts";

/** Checks that involve several settings; `plugins` are the names of all plugins. */
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
  for (const room of valueOf<readonly string[]>("rooms") ?? []) {
    if (hosts?.includes(room)) {
      report("rooms", `Found ${show(room)}, which is one of hosts; expected a domain of rooms`);
    }
    if (room === domain) report("rooms", `Found ${show(room)}, which is component.domain; expected a domain of rooms`);
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
