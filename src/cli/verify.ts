/**
 * `annals verify`: whether the archives are sound.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { archivePath, openArchivesToRead } from "../runtime/stores.ts";
import { ArchiveStoreError } from "../store/error.ts";
import { verifyArchive } from "../store/sqlite/verify.ts";
import { ownersOf } from "../transfer/export.ts";
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
    const { what, faults, mend } = config.storage.archive2 === "postgresql"
      ? { what: "What is in PostgreSQL", faults: await unreadable(config), mend: "pg_amcheck tells more" }
      : onDisk(archivePath(config, "pg_amcheck"));
    const lines = faults.length === 0
      ? `${what} is sound\n`
      : `${what} is not sound:\n${faults.map((fault) => `  ${fault}\n`).join("")}${mend}\n`;
    system.out(json ? jsonLine({ sound: faults.length === 0, faults }) : lines);
    return faults.length === 0 ? EXIT.ok : EXIT.failure;
  },
};

function onDisk(path: string): { what: string; faults: string[]; mend: string } {
  return { what: path, faults: verifyArchive(path), mend: "Restore a backup: annals restore FILE" };
}

/**
 * Returns the damage of the database's pages and indexes. PostgreSQL looks after its own, and says so when what they
 * hold is asked for.
 */
async function unreadable(config: Config): Promise<string[]> {
  const faults: string[] = [];
  await using reader = await openArchivesToRead(config);
  for await (const owner of ownersOf(reader, config.hosts)) {
    try {
      await reader.preferences(owner);
      for await (const _ of reader.entries(owner));
    } catch (error) {
      if (!(error instanceof ArchiveStoreError)) throw error;
      faults.push(`${owner}: ${error.message}`);
    }
  }
  return faults;
}
