import { visible } from "../log/log_line.ts";
import { UsageError } from "./usage_error.ts";
import type { System } from "./system.ts";

/**
 * Says what would be done, and asks whether it shall be; with `--yes`, it shall. Throws `UsageError` where there is nobody to
 * be asked.
 */
export function consented(what: string, { system, yes }: { system: System; yes: boolean }): boolean {
  system.err(`${visible(what)}\n`);
  if (yes) return true;
  const answer = system.ask("Go on? Type yes: ");
  if (answer === undefined) {
    throw new UsageError("There is nobody at a terminal to be asked; --yes says that it shall be");
  }
  return answer === "yes";
}
