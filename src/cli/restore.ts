/**
 * `annals restore`: puts a backup in the place of the archives.
 *
 * @module
 */
import { resolve } from "node:path";
import { archivedDomains, type Config } from "../config/config.ts";
import { createLog } from "../log/log.ts";
import { restoring } from "../runtime/control/restore.ts";
import { archiveFile, placeOf, toolFor } from "../runtime/stores.ts";
import { many } from "../lib/words.ts";
import type { Survey } from "../store/figures.ts";
import type { PreparedBackup } from "../store/back_end.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { SWITCH } from "./flag.ts";
import { consented } from "./consent.ts";
import { jsonLine, stamp } from "./lines.ts";
import { percent, Progress } from "./progress.ts";
import { isServed, runningService } from "./service.ts";
import type { System } from "./system.ts";

export const restore = configuredCommand({
  summary: "Replaces all archives by a backup that is verified first",
  word: "FILE",
  example: "annals restore /var/backups/annals.sqlite",
  flags: { yes: SWITCH, json: SWITCH },
  async run({ config, own: { yes, json }, word }, system): Promise<number> {
    const file = resolve(word);
    await using restoration = await prepared(config, file, system);
    const path = archiveFile(config) ?? placeOf(config).backEnd.title;
    const { restored, replaced } = restoration;
    requireServed(restoration.domains, { hosts: archivedDomains(config), file });
    const what = `This replaces ${path} (${told(replaced)}) by the backup (${told(restored)}).`;
    if (!consented(what, { system, yes })) return EXIT.failure;
    const { archives, entries: messages } = restored;
    using service = await runningService(config);
    if (service !== undefined) {
      await service.ask(restoring, { file, messages });
    } else {
      await restoration.complete();
      const log = createLog({ ...config.log, write: (line) => system.err(`${line}\n`) });
      log.info("restored", "The archives were replaced by a backup", { path, file, messages });
    }
    system.out(json ? jsonLine({ archives, messages }) : `Restored: ${told(restored)}\n`);
    return EXIT.ok;
  },
});

/** The users of other hosts would find their archives empty, and nobody would find the ones that are there. */
function requireServed(domains: readonly string[], { hosts, file }: { hosts: readonly string[]; file: string }): void {
  if (domains.length === 0 || domains.some((domain) => hosts.includes(domain))) return;
  throw new Error(
    `Cannot restore "${file}": found archives of ${domains.slice(0, 5).join(", ")}, expected some of the configured ` +
      `hosts (${hosts.join(", ")}); the archive is as it was`,
  );
}

async function prepared(config: Config, file: string, system: System): Promise<PreparedBackup> {
  const { tool, values } = toolFor(config, "restore");
  using shown = new Progress(system);
  const progress = (share: number): void => shown.show(() => `${percent(share)} copied`);
  return await tool.prepare(values, file, { progress, beside: await isServed(config) });
}

function told(survey: Survey | undefined): string {
  if (survey === undefined) return "nothing that can be read";
  const { archives, entries, newest } = survey;
  const until = newest === undefined ? "" : `, the newest of ${stamp(newest)}`;
  return `${many(entries, "message")} in ${many(archives, "archive")}${until}`;
}
