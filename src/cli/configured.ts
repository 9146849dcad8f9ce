import { BUILT_IN } from "../plugins/mod.ts";
import type { Config } from "../config/config.ts";
import { readConfig } from "../runtime/load_config.ts";
import type { ConfigProblem } from "../config/problem.ts";
import type { Invocation } from "./arguments.ts";
import { type OwnFlags, ownFlags } from "./own_flags.ts";
import type { System } from "./system.ts";

/** Configuration and output form of a command that looks at archives. */
export interface Configured<Name extends string> {
  readonly config: Config;
  /** Warnings: not wrong, but worth a thought. */
  readonly warnings: readonly ConfigProblem[];
  /** Its own flags. */
  readonly own: OwnFlags<Name>["own"];
  /** True when a program reads the output. */
  readonly json: boolean;
}

/** Takes the command's own flags out of all that were given, and reads the configuration with the rest. */
export async function configured<const Name extends string = never>(
  invocation: Invocation,
  { env }: Pick<System, "env">,
  names: readonly Name[] = [],
): Promise<Configured<Name>> {
  const { own, flags } = ownFlags(invocation, names);
  const { config, warnings } = await readConfig({ ...invocation, flags, env, own: names, plugins: BUILT_IN });
  return { config, warnings, own, json: invocation.switches.has("json") };
}
