/**
 * `annals backup`: a copy of all archives, also while the service runs.
 *
 * @module
 */
import { resolve } from "node:path";
import { toolFor } from "../runtime/stores.ts";
import { bytes } from "../lib/words.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { SWITCH } from "./flag.ts";
import { jsonLine } from "./lines.ts";
import { refuseLoss } from "./output_file.ts";
import { percent, Progress } from "./progress.ts";

export const backupCommand = configuredCommand({
  summary: "Copies all archives into one file, verified and readable by you only, also while the service runs",
  word: "FILE",
  example: "annals backup --force /var/backups/annals.sqlite",
  flags: { force: SWITCH, json: SWITCH },
  async run({ config, own: { force, json }, word, invocation }, system): Promise<number> {
    const file = resolve(word);
    const { tool, values } = toolFor(config, "backup");
    await refuseLoss(file, { operation: "back up", config, configFile: invocation.file, force });
    {
      using progress = new Progress(system);
      await tool(values, file, (share) => progress.show(() => `${percent(share)} copied`));
    }
    const { size } = await Deno.stat(file);
    system.out(json ? jsonLine({ file, bytes: size }) : `Backed up to ${file}: ${bytes(size)}, verified\n`);
    return EXIT.ok;
  },
});
