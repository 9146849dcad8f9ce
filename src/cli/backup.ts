/**
 * `annals backup`: a copy of all archives, also while the service runs.
 *
 * @module
 */
import { toolFor } from "../runtime/stores.ts";
import { bytes } from "../lib/words.ts";
import { type Command, EXIT } from "./command.ts";
import { configured } from "./configured.ts";
import { jsonLine } from "./lines.ts";
import { refuseLoss } from "./output_file.ts";
import { pathArgument } from "./path_argument.ts";
import { percent, Progress } from "./progress.ts";

export const backupCommand: Command = {
  summary: "Copies all archives into one file, verified and readable by you only, also while the service runs",
  usage: "FILE [--force] [--json] [--config FILE]",
  example: "annals backup --force /var/backups/annals.sqlite",
  takes: "options and a path",
  switches: ["force", "json"],
  async run(invocation, system): Promise<number> {
    const file = pathArgument(invocation, backupCommand.usage);
    const { config, json } = await configured(invocation, system);
    const { tool, values } = toolFor(config, "backup");
    await refuseLoss(file, { operation: "back up", config, invocation });
    {
      using progress = new Progress(system);
      await tool(values, file, (share) => progress.show(() => `${percent(share)} copied`));
    }
    const { size } = await Deno.stat(file);
    system.out(json ? jsonLine({ file, bytes: size }) : `Backed up to ${file}: ${bytes(size)}, verified\n`);
    return EXIT.ok;
  },
};
