/**
 * Writes the table of commands into docs/commands.md, from their help: `deno run -A scripts/docs_commands.ts`.
 *
 * @module
 */
import { COMMANDS } from "../src/cli/run.ts";

const PAGE = new URL("../docs/commands.md", import.meta.url);
const SECTION = /(<!-- commands -->\n).*?(<!-- \/commands -->)/s;

/** Returns the page with the commands as they describe themselves. Throws when it has no place for them. */
export function withCommands(page: string): string {
  if (!SECTION.test(page)) throw new Error("Cannot find the place for the commands in docs/commands.md");
  const rows = [...COMMANDS].map(([name, { summary }]) => `| \`${name}\` | ${summary.replaceAll("|", "\\|")} |`);
  const table = ["| `annals` … | |", "| --- | --- |", ...rows].join("\n");
  return page.replace(SECTION, (_, start, end) => `${start}\n${table}\n\n${end}`);
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, withCommands(await Deno.readTextFile(PAGE)));
}
