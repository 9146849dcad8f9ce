/**
 * `annals help`, and `--help` after any command.
 *
 * @module
 */
import { BUILT_IN } from "../plugins/mod.ts";
import { shippedConfig } from "../config/print.ts";
import { schemaOf } from "../config/schema.ts";
import { BACK_ENDS } from "../store/mod.ts";
import { type Command, commandNamed, type Commands, EXIT } from "./command.ts";

/** The command that explains `commands`. */
export function helpOn(commands: Commands): Command {
  return {
    summary: "Tells more of a command, or lists all options as a configuration file, ready to be edited",
    usage: "[COMMAND | options]",
    example: "annals help options > config.toml",
    takes: "a topic",
    run({ words: [, topic] }, { out }): number {
      if (topic === undefined) out(overview(commands));
      else if (topic === "options") out(shippedConfig(schemaOf({ plugins: BUILT_IN, stores: BACK_ENDS }).schema));
      else out(details(topic, commandNamed(topic, commands)));
      return EXIT.ok;
    },
  };
}

function overview(commands: Commands): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length));
  const list = [...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `\
Annals keeps the message archives (XEP-0313) of an XMPP server, from outside it.

Usage: annals [COMMAND] [--config FILE] [--OPTION VALUE …]

Commands:
${list.join("\n")}

Without a command, it serves. Without --config, it reads config.toml in the working directory.
Every option of that file can be given here too: --log.level debug or --component.port=5347.

Example: annals check --config config.toml
`;
}

function details(name: string, { summary, usage, example }: Command): string {
  return `${summary}.\n\nUsage: ${`annals ${name} ${usage}`.trim()}\n\nExample: ${example}\n`;
}
