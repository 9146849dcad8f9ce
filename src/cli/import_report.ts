/**
 * Tells what became of an import.
 *
 * @module
 */
import type { Summary } from "../transfer/summary.ts";

export interface ReportOptions {
  readonly json: boolean;
  /** Seconds for which messages are kept. */
  readonly keeps: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The summary, as text for people or as an object of JSON. */
export function importReport(summary: Summary, { json, keeps, now }: ReportOptions): string {
  return json ? `${JSON.stringify(dataOf(summary))}\n` : textOf(summary, now - keeps * 1000);
}

function dataOf({ archives, messages, preferences, skipped, oldest }: Summary): object {
  return {
    archives,
    messages,
    preferences,
    skipped: Object.fromEntries(skipped),
    oldest: oldest === Infinity ? null : new Date(oldest).toISOString(),
  };
}

function textOf({ archives, messages, preferences, skipped, oldest }: Summary, expired: number): string {
  const lines = [
    `Taken: ${messages.taken} messages in ${archives} archives, preferences of ${preferences.taken} users`,
    `There already: ${messages.held} messages, preferences of ${preferences.held} users`,
    ...[...skipped].map(([reason, count]) => `Not taken: ${count}, ${reason}`),
  ];
  if (oldest < expired) {
    lines.push(
      `The oldest message is of ${
        new Date(oldest).toISOString().slice(0, 10)
      }: what is older than archive_expires_after goes at ` +
        "the next sweep; set that to a longer period before you start the service, to keep it",
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}
