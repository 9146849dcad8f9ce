/**
 * Servers that the tests can be run with.
 *
 * @module
 */
import { install, ServerUnavailable } from "./install.ts";

/** Installs it where it is missing. Where CI asks for the tests, that it cannot be had is an error; else it is said aloud. */
export async function canBeHad(what: Parameters<typeof install>[0]): Promise<boolean> {
  try {
    await install(what, say);
    return true;
  } catch (error) {
    if (!(error instanceof ServerUnavailable) || Deno.env.get("CI") === "true") throw error;
    say(`The tests on ${what} are NOT RUN: ${error.message}`);
    return false;
  }
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`\n*** ${line}\n`));
}
