/**
 * `annals prefs`: what a user wants archived (XEP-0441).
 *
 * @module
 */
import mam from "../plugins/mam/mod.ts";
import { pluginValues } from "../config/config.ts";
import { openArchivesToRead } from "../runtime/stores.ts";
import type { Preferences } from "../store/archive.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { ACCOUNT, SWITCH } from "./flag.ts";
import { columns, jsonLine } from "./lines.ts";
import { requireKnown } from "./known_account.ts";

export const prefs = configuredCommand({
  summary: "Shows what a user wants archived",
  example: "annals prefs --user juliet@example.org",
  flags: { user: ACCOUNT, json: SWITCH },
  async run({ config, own: { user, json } }, system): Promise<number> {
    await using reader = await openArchivesToRead(config);
    await requireKnown(reader, user);
    const preferences = await reader.preferences(user);
    const policy = pluginValues(config, mam).default_archive_policy;
    system.out(json ? jsonLine(preferences ?? null) : text(user, preferences, JSON.stringify(policy)));
    return EXIT.ok;
  },
});

function text(user: string, preferences: Preferences | undefined, policy: string): string {
  if (preferences === undefined) {
    return `${user} has no preferences: default_archive_policy = ${policy} is what holds\n`;
  }
  const { default: fallback, always, never } = preferences;
  return columns([["Default", fallback], ["Always", always.join(", ") || "-"], ["Never", never.join(", ") || "-"]]);
}
