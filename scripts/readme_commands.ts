/**
 * Writes the table of commands into the README, from their help: `deno run -A scripts/readme_commands.ts`.
 *
 * @module
 */
import { COMMANDS } from "../src/cli/run.ts";

const README = new URL("../README.md", import.meta.url);
const SECTION = /(<!-- commands -->\n).*?(<!-- \/commands -->)/s;

/** The README with the commands as they describe themselves. Throws when it has no place for them. */
export function withCommands(readme: string): string {
  if (!SECTION.test(readme)) throw new Error("Cannot find the place for the commands in the README");
  const rows = [...COMMANDS].map(([name, { summary }]) => `| \`${name}\` | ${summary.replaceAll("|", "\\|")} |`);
  const table = ["| `annals` … | |", "| --- | --- |", ...rows].join("\n");
  return readme.replace(SECTION, (_, start, end) => `${start}\n${table}\n\n${end}`);
}

if (import.meta.main) {
  await Deno.writeTextFile(README, withCommands(await Deno.readTextFile(README)));
}
