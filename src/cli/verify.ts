/**
 * `annals verify`: whether the archives are sound.
 *
 * @module
 */
import { archivedDomains, type Config } from "../config/config.ts";
import { openArchivesToRead, placeOf } from "../runtime/stores.ts";
import { ArchiveStoreError } from "../store/error.ts";
import { isMissing } from "../store/back_end.ts";
import { ownersOf } from "../transfer/export.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { SWITCH } from "./flag.ts";
import { jsonLine } from "./lines.ts";

export const verify = configuredCommand({
  summary: "Reads all archives through and says whether they are sound, also while the service runs",
  example: "annals verify --config /etc/annals/config.toml",
  flags: { json: SWITCH },
  async run({ config, own: { json } }, system): Promise<number> {
    const { what, faults, mend } = await verified(config);
    const lines = faults.length === 0
      ? `${what} is sound\n`
      : `${what} is not sound:\n${faults.map((fault) => `  ${fault}\n`).join("")}${mend}\n`;
    system.out(json ? jsonLine({ sound: faults.length === 0, faults }) : lines);
    return faults.length === 0 ? EXIT.ok : EXIT.failure;
  },
});

interface Verified {
  readonly what: string;
  readonly faults: readonly string[];
  readonly mend: string;
}

async function verified(config: Config): Promise<Verified> {
  const { backEnd, values } = placeOf(config);
  const what = backEnd.file?.path(values) ?? `What is in ${backEnd.title}`;
  const { verify } = backEnd.tools;
  return isMissing(verify)
    ? { what, faults: await unreadable(config), mend: verify.instead }
    : { what, faults: await verify(values), mend: "Restore a backup: annals restore FILE" };
}

/** Entries that cannot be read. A database that looks after its own pages says that they are damaged when it is asked for them. */
async function unreadable(config: Config): Promise<string[]> {
  const faults: string[] = [];
  await using reader = await openArchivesToRead(config);
  for await (const owner of ownersOf(reader, archivedDomains(config))) {
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
