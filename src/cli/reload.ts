/**
 * Reads the configuration again while Annals runs.
 *
 * @module
 */
import { Chain } from "../lib/chain.ts";
import type { Config } from "../config/config.ts";
import { type ConfigSources, readConfig } from "../runtime/load_config.ts";
import { ConfigError, problemLine } from "../config/problem.ts";
import { reconcile } from "../config/reconcile.ts";
import type { LeveledLog } from "../log/log.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Parts that a reload works on. */
export interface Reloadable {
  readonly sources: ConfigSources;
  /** The configuration in force at the start. */
  readonly config: Config;
  readonly starting: Promise<Runtime>;
  readonly log: LeveledLog;
}

/**
 * Returns a function that reloads, one request after the other: what can change at once does, the rest is named in the
 * log, and a configuration with any problem changes nothing.
 */
export function reloader({ sources, config, starting, log }: Reloadable): () => void {
  let inForce = config;
  const chain = new Chain();

  async function reload(): Promise<void> {
    const runtime = await starting;
    const { config: next, warnings } = await readConfig(sources);
    const { config, applied, needsRestart } = reconcile(inForce, next);
    await runtime.reload(config);
    inForce = config;
    for (const warning of warnings) log.warn("config-warning", problemLine(warning));
    log.info("config-reloaded", "Read the configuration again", { applied, needs_restart: needsRestart });
    log.level = config.log.level;
  }

  function report(error: unknown): void {
    if (!(error instanceof ConfigError)) {
      log.error("reload-failed", "Cannot reload the configuration", { error });
      return;
    }
    for (const problem of error.problems) log.error("config-rejected", problemLine(problem));
    log.error("reload-failed", "Cannot use the configuration; the old one stays in force");
  }

  return () => {
    chain.add(reload).catch(report);
  };
}
