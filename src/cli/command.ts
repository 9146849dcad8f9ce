/**
 * The shape of a command of the command line.
 *
 * @module
 */
import { likely } from "../config/likely.ts";
import type { Invocation } from "./arguments.ts";
import { type Flags, formOf } from "./flag.ts";
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

/** Arguments of a command, as data: help, and what is refused, follow from it. */
export interface Arguments {
  /** Form of the word after the command in help; default none. In capitals (`FILE`), it must be given. */
  readonly word?: string;
  /** Throws `UsageError` for a word that it does not know; the word is empty where there is none. */
  readonly checkWord?: (word: string) => void;
  /** Its own flags, in the order of help. */
  readonly flags?: Flags;
  /** Form of the options of the configuration in help, which it takes too; default none. */
  readonly options?: "" | "[--config FILE]" | "[--config FILE] [--OPTION VALUE …]";
}

/** A command. */
export interface Command extends Arguments {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly example: string;
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

/** Names of the flags without a value of all commands. */
export function switchesOf(commands: Commands): string[] {
  const flags = [...commands.values()].flatMap(({ flags = {} }) => Object.entries(flags));
  return flags.filter(([, { value }]) => value === undefined).map(([name]) => name);
}

/** Returns a command line in the form of help: `annals show --user JID [--with JID]`. */
export function usageOf(name: string, { word = "", flags = {}, options = "" }: Arguments): string {
  const all = Object.entries(flags);
  const [required, optional] = [true, false].map((isRequired) =>
    all.filter(([, flag]) => (flag.required ?? false) === isRequired).map(([name, flag]) => formOf(name, flag))
  );
  return ["annals", name, ...required ?? [], word, ...optional ?? [], options].filter((part) => part !== "").join(" ");
}

/** Throws `UsageError` for an argument that a command does not take, and for a word that it lacks. */
export function requireFit({ words: [name = "", ...words], flags, switches }: Invocation, command: Command): void {
  const { word, flags: own = {}, options } = command;
  const stray = words[word === undefined ? 0 : 1];
  const isOption = (flag: string): boolean => options !== undefined || own[flag]?.value !== undefined;
  const unknown = [...flags.keys()].find((flag) => !isOption(flag)) ??
    [...switches].find((flag) => !Object.hasOwn(own, flag));
  const found = stray !== undefined ? `"${stray}"` : unknown !== undefined ? `--${unknown}` : undefined;
  const lacks = words.length === 0 && /^[A-Z]+$/.test(word ?? "") ? `no ${word?.toLowerCase()}` : undefined;
  const problem = found ?? lacks;
  if (problem !== undefined) throw new UsageError(`Found ${problem}, expected ${usageOf(name, command)}`);
  command.checkWord?.(words[0] ?? "");
}
