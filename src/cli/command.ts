/**
 * The shape of a command of the command line.
 *
 * @module
 */
import { likely } from "../config/likely.ts";
import type { Invocation } from "./arguments.ts";
import type { System } from "./system.ts";
import { UsageError } from "./usage_error.ts";

/** Exit codes, after sysexits(3). */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** Nothing is known to be wrong, but not everything could be checked. */
  unchecked: 2,
  /** EX_USAGE: the command line is wrong. */
  usage: 64,
  /** EX_CONFIG: the configuration is wrong. */
  config: 78,
  /** 128 + SIGINT: somebody would not wait. */
  interrupted: 130,
} as const;

/** A command. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Arguments as help shows them: `[--config FILE] [--OPTION VALUE …]`. */
  readonly usage: string;
  readonly example: string;
  /** Kind of arguments after the name; default none. */
  readonly takes?: "options" | "options and a path" | "a topic";
  /** The flags without a value that it takes. */
  readonly switches?: readonly string[];
  /** Does it, and returns the exit code. Throws `UsageError` or `ConfigError` when it cannot. */
  run(invocation: Invocation, system: System): Promise<number> | number;
}

export type Commands = ReadonlyMap<string, Command>;

/** The command of a name. Throws `UsageError` when there is none. */
export function commandNamed(name: string, commands: Commands): Command {
  const command = commands.get(name);
  if (command !== undefined) return command;
  const meant = likely(name, commands.keys());
  const hint = meant === undefined ? `expected ${[...commands.keys()].join(", ")}` : `did you mean ${meant}?`;
  throw new UsageError(`Unknown command "${name}"; ${hint}`);
}
