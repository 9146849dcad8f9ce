/**
 * Problems of a configuration: each says what to change, and where.
 *
 * @module
 */
import { visible } from "../log/log_line.ts";
import type { Source } from "./config.ts";

/** One thing to put right, or to think about. */
export interface ConfigProblem {
  /** The line of the file, the variable or the flag: `config.toml:12`, `ANNALS_LOG_LEVEL`, `--log.level`. */
  readonly where: string;
  /** Line of the file, from 1. */
  readonly line?: number;
  /** Dotted. */
  readonly key?: string;
  /** The value that was found, and what is expected. */
  readonly message: string;
  /** The key that was probably meant, where one was misspelt. */
  readonly meant?: string;
  /** True when the key is missing. */
  readonly missing?: true;
  /** True when the command line itself is wrong, rather than a value on it. */
  readonly usage?: true;
}

/** Everything that is wrong with a configuration. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  /** `problems`: in any order; they are told in the order of the file, and one mistake once. */
  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const misspelt = problems.flatMap(({ meant }) => meant ?? []);
    const ordered = problems
      .filter(({ key, missing }) => !missing || !misspelt.some((meant) => `${key}.`.startsWith(`${meant}.`)))
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    super(ordered.map(problemLine).join("\n"), options);
    this.problems = ordered;
  }
}

/** `config.toml:12: component.port: Found 0, expected an integer from 1 to 65535`. */
export function problemLine({ where, key, message }: ConfigProblem): string {
  const known = key === undefined || where === `--${key}`;
  return visible(known ? `${where}: ${message}` : `${where}: ${key}: ${message}`);
}

/** Returns the place of a value, for a problem with it. */
export function placeOf(source: Source, file: string): Pick<ConfigProblem, "where" | "line"> {
  switch (source.from) {
    case "file":
      return { where: `${source.file}:${source.line}`, line: source.line };
    case "default":
      return { where: file };
    default:
      return { where: source.name };
  }
}
