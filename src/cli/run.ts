/**
 * The command line: finds the command, runs it, and turns what goes wrong into lines and an exit code.
 *
 * @module
 */
import { ConfigError } from "../config/problem.ts";
import { describeError, visible } from "../log/log_line.ts";
import { ArchiveStoreError } from "../store/error.ts";
import { parseArguments } from "./arguments.ts";
import { backupCommand } from "./backup.ts";
import { check } from "./check.ts";
import { type Command, commandNamed, EXIT, requireFit, switchesOf } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { compactCommand } from "./compact.ts";
import { companion } from "./companion.ts";
import { doctor } from "./doctor/doctor.ts";
import { exportCommand } from "./export.ts";
import { helpOn } from "./help.ts";
import { importCommand } from "./import.ts";
import { migrateStore } from "./migrate_store.ts";
import { prefs } from "./prefs.ts";
import { purgeCommand } from "./purge.ts";
import { restore } from "./restore.ts";
import { serve } from "./serve.ts";
import { setup } from "./setup/setup.ts";
import { show } from "./show.ts";
import { stats } from "./stats.ts";
import { sweepCommand } from "./sweep.ts";
import type { System } from "./system.ts";
import { types } from "./types.ts";
import { verify } from "./verify.ts";
import { version } from "./version.ts";
import { UsageError } from "./usage_error.ts";

/** All commands, in the order in which help lists them. */
export const COMMANDS: Map<string, Command> = new Map([
  ["serve", serve],
  ["check", check],
  ["setup", setup],
  ["doctor", doctor],
  ["companion", companion],
  ["types", types],
  ["stats", stats],
  ["show", show],
  ["prefs", prefs],
  ["sweep", sweepCommand],
  ["purge", purgeCommand],
  ["backup", backupCommand],
  ["restore", restore],
  ["verify", verify],
  ["compact", compactCommand],
  ["export", exportCommand],
  ["import", importCommand],
  ["migrate-store", migrateStore],
  ["version", version],
]);
COMMANDS.set("help", helpOn(COMMANDS));

/** Runs one command line. Returns the exit code. */
export async function run(args: readonly string[], system: System): Promise<number> {
  try {
    const invocation = parseArguments(args, switchesOf(COMMANDS));
    const [name = "serve"] = invocation.words;
    const command = commandNamed(name, COMMANDS);
    requireFit(invocation, command);
    return await command.run(invocation, system);
  } catch (error) {
    return report(error, system);
  }
}

function report(error: unknown, { err }: System): number {
  if (error instanceof ConfigError) {
    err(`${error.message}\n`);
    return error.problems.some(({ usage }) => usage) ? EXIT.usage : EXIT.config;
  }
  // Their messages say all that an operator can do something about.
  const isPlain = error instanceof UsageError || error instanceof CommandError || error instanceof ArchiveStoreError;
  err(visible(`annals: ${isPlain ? error.message : describeError(error)}`) + "\n");
  return error instanceof UsageError ? EXIT.usage : EXIT.failure;
}
