import { BUILT_IN } from "../plugins/mod.ts";
import { archivedDomains, type Config } from "../config/config.ts";
import { readConfig } from "../runtime/load_config.ts";
import type { ConfigProblem } from "../config/problem.ts";
import type { Invocation } from "./arguments.ts";
import type { Command } from "./command.ts";
import type { Flags, Values } from "./flag.ts";
import type { System } from "./system.ts";

/** Arguments of a command that reads the configuration. */
export interface Configured<F extends Flags> {
  readonly config: Config;
  /** Warnings: not wrong, but worth a thought. */
  readonly warnings: readonly ConfigProblem[];
  /** Meanings of its own flags. */
  readonly own: Values<F>;
  /** The word after the command; empty where there is none. */
  readonly word: string;
  readonly invocation: Invocation;
}

/** A command that reads the configuration. */
export interface ConfiguredCommand<F extends Flags>
  extends Pick<Command, "summary" | "example" | "word" | "checkWord"> {
  readonly flags: F;
  run(given: Configured<F>, system: System): Promise<number> | number;
}

/** Makes a command that reads the configuration, and then its own flags. */
export function configuredCommand<const F extends Flags>({ run, ...command }: ConfiguredCommand<F>): Command {
  return {
    ...command,
    options: "[--config FILE]",
    run: async (invocation, system) => await run(await configured(invocation, command.flags, system), system),
  };
}

async function configured<F extends Flags>(invocation: Invocation, own: F, { env }: System): Promise<Configured<F>> {
  const { words: [, word = ""], switches, flags: given } = invocation;
  const names = Object.keys(own).filter((name) => own[name]?.value !== undefined);
  const flags = new Map([...given].filter(([name]) => !names.includes(name)));
  const { config, warnings } = await readConfig({ ...invocation, flags, env, own: names, plugins: BUILT_IN });
  const values = Object.entries(own).map(([name, { value, read }]) => {
    const text = value !== undefined ? given.get(name) : switches.has(name) ? "" : undefined;
    return [name, read(text, { name, hosts: archivedDomains(config) })];
  });
  return { config, warnings, own: Object.fromEntries(values) as Values<F>, word, invocation };
}
