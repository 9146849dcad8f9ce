/**
 * `annals help`, and `--help` after any command.
 *
 * @module
 */
import { BUILT_IN } from "../plugins/mod.ts";
import { shippedConfig } from "../config/print.ts";
import { ConfigError } from "../config/problem.ts";
import { schemaOf } from "../config/schema.ts";
import { findPlugins } from "../runtime/load_config.ts";
import type { AnyPlugin } from "../runtime/plugin.ts";
import { BACK_ENDS } from "../store/mod.ts";
import { type Command, commandNamed, type Commands, EXIT, usageOf } from "./command.ts";

/** The command that explains `commands`. */
export function helpOn(commands: Commands): Command {
  return {
    summary: "Explains a command, lists the plugins, or prints all options as a configuration file to edit",
    word: "[COMMAND | options | plugins]",
    options: "[--config FILE]",
    example: "annals help options > config.toml",
    async run(invocation, { out, env }): Promise<number> {
      const { words: [, topic] } = invocation;
      if (topic === undefined) out(overview(commands));
      else if (topic === "options") out(shippedConfig(schemaOf({ plugins: BUILT_IN, stores: BACK_ENDS }).schema));
      else if (topic === "plugins") {
        const { plugins, problems } = await findPlugins({ ...invocation, env, plugins: BUILT_IN });
        out(listOf(plugins));
        if (problems.length > 0) throw new ConfigError(problems);
      } else out(details(topic, commandNamed(topic, commands)));
      return EXIT.ok;
    },
  };
}

/** Each plugin with its summary, in a line. */
function listOf(plugins: readonly Pick<AnyPlugin, "name" | "summary">[]): string {
  const width = Math.max(...plugins.map(({ name }) => name.length));
  return plugins.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join("");
}

function overview(commands: Commands): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length));
  const list = [...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `\
Annals keeps the message archives (XEP-0313) of an XMPP server, from outside it.

Usage: annals [COMMAND] [--config FILE] [--OPTION VALUE …]

Commands:
${list.join("\n")}

Plugins, which modules_enabled lists; annals help plugins shows yours too:
${listOf(BUILT_IN)}
Without a command, it serves. Without --config, it reads config.toml in the working directory.
Every option of that file can be given here too: --log.level debug or --component.port=5347.

Example: annals check --config config.toml
`;
}

function details(name: string, command: Command): string {
  return `${command.summary}.\n\nUsage: ${usageOf(name, command)}\n\nExample: ${command.example}\n`;
}
