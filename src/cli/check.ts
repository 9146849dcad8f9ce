/**
 * `annals check`: validates a configuration and shows what it amounts to.
 *
 * @module
 */
import { BUILT_IN } from "../plugins/mod.ts";
import { readConfig } from "../runtime/load_config.ts";
import { effectiveConfig } from "../config/print.ts";
import { problemLine } from "../config/problem.ts";
import { type Command, EXIT } from "./command.ts";

export const check: Command = {
  summary: "Checks a configuration, and shows every value in force and where it comes from",
  example: "annals check --config /etc/annals/config.toml",
  options: "[--config FILE] [--OPTION VALUE …]",
  async run({ file, flags }, { env, out, err }): Promise<number> {
    const { config, warnings } = await readConfig({ file, env, flags, plugins: BUILT_IN });
    out(effectiveConfig(config.settings));
    for (const warning of warnings) err(`Warning: ${problemLine(warning)}\n`);
    return EXIT.ok;
  },
};
