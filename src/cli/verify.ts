/**
 * `annals verify`: whether the archives are sound.
 *
 * @module
 */
import { archivePath } from "../runtime/stores.ts";
import { verifyArchive } from "../store/sqlite/verify.ts";
import { type Command, EXIT } from "./command.ts";
import { configured } from "./configured.ts";
import { jsonLine } from "./lines.ts";

export const verify: Command = {
  summary: "Reads all archives through and says whether they are sound, also while the service runs",
  usage: "[--json] [--config FILE]",
  example: "annals verify --config /etc/annals/config.toml",
  takes: "options",
  switches: ["json"],
  async run(invocation, system): Promise<number> {
    const { config, json } = await configured(invocation, system);
    const path = archivePath(config);
    const faults = verifyArchive(path);
    const lines = faults.length === 0
      ? `${path} is sound\n`
      : `${path} is not sound:\n${
        faults.map((fault) => `  ${fault}\n`).join("")
      }Restore a backup: annals restore FILE\n`;
    system.out(json ? jsonLine({ sound: faults.length === 0, faults }) : lines);
    return faults.length === 0 ? EXIT.ok : EXIT.failure;
  },
};
