/**
 * Reads the command line: `annals [COMMAND] [--config FILE] [--OPTION VALUE …] [--SWITCH]`.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";

/** A command line, taken apart. */
export interface Invocation {
  /** The words that are no flags: the command, and what it is about. `--help` and `--version` count as commands. */
  readonly words: readonly string[];
  /** The configuration file. */
  readonly file: string;
  /** Options of the configuration, by dotted key; the last of a key counts. */
  readonly flags: ReadonlyMap<string, string>;
  /** Flags that have no value, such as `json`. */
  readonly switches: ReadonlySet<string>;
}

const SWITCHES: ReadonlySet<string> = new Set([
  "--all",
  "--bodies",
  "--dry-run",
  "--force",
  "--json",
  "--standard",
  "--trust-clock",
  "--yes",
]);
const SHORT = new Map([["-h", "--help"], ["-c", "--config"], ["-V", "--version"]]);

/** Takes arguments apart. Throws `UsageError` where a flag is malformed or lacks its value. */
export function parseArguments(args: readonly string[]): Invocation {
  const words: string[] = [];
  const flags = new Map<string, string>();
  const switches = new Set<string>();
  const rest = args.map((arg) => SHORT.get(arg) ?? arg).values();
  for (const arg of rest) {
    if (arg === "--help" || arg === "--version") {
      words.unshift(arg.slice(2));
    } else if (SWITCHES.has(arg)) {
      switches.add(arg.slice(2));
    } else if (!arg.startsWith("-")) {
      words.push(arg);
    } else {
      const { name, value = valueAfter(arg, rest.next().value) } = split(arg);
      flags.set(name, value);
    }
  }
  const file = flags.get("config") ?? "config.toml";
  flags.delete("config");
  return { words, file, flags, switches };
}

/** `--log.level=debug`, or `--log.level` with its value to follow. */
function split(arg: string): { name: string; value?: string } {
  const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
  if (name === undefined) throw new UsageError(`${arg}: Found no option, expected --OPTION VALUE`);
  return { name, ...value !== undefined && { value } };
}

function valueAfter(flag: string, next: string | undefined): string {
  if (next === undefined || next.startsWith("--")) {
    throw new UsageError(`${flag}: Found no value, expected ${flag} VALUE`);
  }
  return next;
}
