/**
 * Reads the command line: `annals [COMMAND] [--config FILE] [--OPTION VALUE …] [--SWITCH]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { UsageError } from "./usage_error.ts";

/** A command line, taken apart. */
export interface Invocation {
  /** The words that are no flags: the command, and what it is about. `--help` and `--version` count as commands. */
  readonly words: readonly string[];
  /** The configuration file. */
  readonly file: string;
  /** Flags with a value, by name: options of the configuration, and a command's own. The last of a name counts. */
  readonly flags: ReadonlyMap<string, string>;
  /** Flags that have no value, such as `json`. */
  readonly switches: ReadonlySet<string>;
}

type Kinds = Readonly<Record<string, { readonly type: "boolean" | "string"; readonly short?: string }>>;

/** Flags of every command. */
const COMMON = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
  config: { type: "string", short: "c" },
} as const satisfies Kinds;

/**
 * Takes arguments apart. A flag has a value unless it is one of `known`. Throws `UsageError` where a flag is malformed or
 * lacks its value.
 */
export function parseArguments(args: readonly string[], known: Iterable<string> = []): Invocation {
  const words: string[] = [];
  const flags = new Map<string, string>();
  const switches = new Set<string>();
  const named = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []);
  const options: Kinds = { ...kindsOf(named, "string"), ...kindsOf(known, "boolean"), ...COMMON };
  for (const token of parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens) {
    const arg = args[token.index] ?? "";
    if (token.kind === "positional" && !arg.startsWith("-")) words.push(arg);
    else if (token.kind !== "option" || !isFlag(token, arg)) {
      throw new UsageError(`${arg}: Found no option, expected --OPTION VALUE`);
    } else if (options[token.name]?.type === "boolean" && token.value === undefined) {
      if (token.name in COMMON) words.unshift(token.name);
      else switches.add(token.name);
    } else flags.set(token.name, valueOf(token));
  }
  const file = flags.get("config") ?? "config.toml";
  flags.delete("config");
  return { words, file, flags, switches };
}

function kindsOf(names: Iterable<string>, type: "boolean" | "string"): Kinds {
  return Object.fromEntries(Array.from(names, (name) => [name, { type }]));
}

/** A flag as it was typed, and its value. */
interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** True for a long flag, and for a short one that is known and stands alone: `-hV` and `-cFILE` are none. */
function isFlag({ name, rawName }: Token, arg: string): boolean {
  return rawName.startsWith("--") ? !name.startsWith("=") : arg === rawName && name in COMMON;
}

function valueOf({ name, value, inlineValue }: Token): string {
  if (value !== undefined && (inlineValue || !value.startsWith("--"))) return value;
  throw new UsageError(`--${name}: Found no value, expected --${name} VALUE`);
}
