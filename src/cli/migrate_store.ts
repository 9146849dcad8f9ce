/**
 * `annals migrate-store`: from one store to another.
 *
 * @module
 */
import { archivedDomains, pluginValues } from "../config/config.ts";
import { openArchivesToImport, openArchivesToRead, readable } from "../runtime/stores.ts";
import mam from "../plugins/mam/mod.ts";
import { moveArchives } from "../transfer/move.ts";
import { Summary } from "../transfer/summary.ts";
import { UsageError } from "./usage_error.ts";
import { configuredCommand } from "./configured.ts";
import { oneOf, optional, SWITCH } from "./flag.ts";
import { importReport } from "./import_report.ts";
import { Interrupt } from "./interrupt.ts";
import { Progress } from "./progress.ts";

const KINDS = readable().map(({ name }) => name);
const STORE = oneOf(new Map(KINDS.map((name) => [name, name])), KINDS.join(" or "));

export const migrateStore = configuredCommand({
  summary: "Copies all archives from one store of the configuration into another; can be repeated",
  example: "annals migrate-store --from sqlite --to postgresql",
  flags: { from: STORE, to: optional(STORE), json: SWITCH },
  async run({ config, own: { from, to = config.storage.archive2, json } }, system): Promise<number> {
    if (from === to) throw new UsageError(`--from: Found "${from}", which is where the archives are to go`);

    using interrupt = new Interrupt(system);
    await using reader = await openArchivesToRead(config, from);
    await using store = await openArchivesToImport(config, to);
    const summary = new Summary();
    try {
      using progress = new Progress(system);
      const { entries } = await reader.survey();
      await moveArchives(reader, {
        store,
        served: to !== config.storage.archive2,
        hosts: new Set(archivedDomains(config)),
        now: Date.now(),
        summary,
        signal: interrupt.signal,
        progress: () => progress.show(() => `${summary.read} of ${entries} read, ${summary.messages.taken} taken`),
      });
    } finally {
      const keeps = pluginValues(config, mam).archive_expires_after;
      system.out(importReport(summary, { json, keeps, now: Date.now() }));
    }
    return interrupt.conclude();
  },
});
