/**
 * Changes that a reload makes.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { type Config, configFrom } from "./config.ts";

/** The outcome of a reload. */
export interface Reconciled {
  /** The configuration in force from here on: the old one, but for the keys whose change takes effect at once. */
  readonly config: Config;
  /** The keys whose change took effect. */
  readonly applied: readonly string[];
  /** The keys whose change waits for a restart. */
  readonly needsRestart: readonly string[];
}

/** Compares the configuration in force with one that was read again. */
export function reconcile(inForce: Config, next: Config): Reconciled {
  const settings = new Map(inForce.settings);
  const applied: string[] = [];
  const needsRestart: string[] = [];
  for (const [key, { value, option }] of inForce.settings) {
    const found = next.settings.get(key);
    if (isDeepStrictEqual(value, found?.value)) continue;
    if (found !== undefined && option.reload) {
      settings.set(key, found);
      applied.push(key);
    } else {
      needsRestart.push(key);
    }
  }
  return { config: configFrom(settings), applied, needsRestart };
}
