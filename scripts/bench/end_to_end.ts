/**
 * Messages through a real server, and pages of them back: with Annals, with the server's own archive, with none.
 *
 * All subjects run at once and are loaded in turn, so that what else the machine does meets them alike. A message
 * counts as dealt with when it was delivered and, where there is an archive, is on its newest page.
 *
 * @module
 */
import { install } from "../../tests/support/servers/install.ts";
import { startEjabberd } from "../../tests/support/servers/ejabberd.ts";
import { startProsody } from "../../tests/support/servers/prosody.ts";
import type { Server } from "../../tests/support/servers/server.ts";
import { ACCOUNTS, Subject } from "./end_to_end_subject.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { PAGE } from "./scroller.ts";
import { Table } from "./table.ts";
import { inTurn } from "./rounds.ts";

/** mod_storage_internal keeps no more than 10,000 messages an archive unless it is told otherwise. */
const NO_LIMIT = "storage_archive_item_limit = 10000000";

/** One way to keep archives, and what the report calls it. */
interface Variant {
  readonly words: string;
  /** True when the server has Annals' module; default false. */
  readonly companion?: boolean;
  start(): Promise<Server>;
}

const BASELINE = "own archive in SQLite";

const PROSODY: readonly Variant[] = [
  { words: "no archive", start: () => startProsody({ archive: "none", accounts: ACCOUNTS }) },
  {
    words: "own archive in files",
    start: () => startProsody({ archive: "own-internal", accounts: ACCOUNTS, lua: NO_LIMIT }),
  },
  { words: BASELINE, start: () => startProsody({ archive: "own-sqlite", accounts: ACCOUNTS }) },
  { words: "Annals", start: () => startProsody({ archive: "annals", accounts: ACCOUNTS }) },
  {
    words: "Annals with its module",
    companion: true,
    start: () => startProsody({ archive: "annals", companion: true, accounts: ACCOUNTS }),
  },
];

const EJABBERD: readonly Variant[] = [
  { words: "no archive", start: () => startEjabberd({ archive: "none", accounts: ACCOUNTS }) },
  { words: BASELINE, start: () => startEjabberd({ archive: "own-sqlite", accounts: ACCOUNTS }) },
  { words: "Annals", start: () => startEjabberd({ archive: "annals", accounts: ACCOUNTS }) },
];

/** Extent of a measurement. */
interface Extent {
  readonly rounds: number;
  readonly messages: number;
  readonly pages: number;
  /** Milliseconds: the most that pages of one archive take, and for how long people talk. */
  readonly time: number;
}

const QUICK: Extent = { rounds: 2, messages: 1_000, pages: 10, time: 2_000 };
const FULL: Extent = { rounds: 5, messages: 4_000, pages: 60, time: 5_000 };

/** Messages and pages through Prosody. */
export const prosodyEndToEnd: Scenario = {
  name: "end-to-end-prosody",
  summary: "messages and pages through Prosody with Annals, with its own mod_mam, without an archive",
  run: (options) => measure("Prosody", PROSODY, options),
};

/** Messages and pages through ejabberd. */
export const ejabberdEndToEnd: Scenario = {
  name: "end-to-end-ejabberd",
  summary: "messages and pages through ejabberd with Annals, with its own mod_mam, without an archive",
  run: (options) => measure("ejabberd", EJABBERD, options),
};

async function measure(
  make: Server["name"],
  variants: readonly Variant[],
  { quick, say }: BenchOptions,
): Promise<Outcome> {
  await install(make, say);
  const extent = extentOf(quick);
  await using running = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const { words, start, companion = false } of variants) {
    const server = running.use(await start());
    subjects.push(await Subject.open(`${make}, ${words}`, server, { running, say, companion }));
  }
  return { ...await measureServers(subjects, extent, say), baseline: `${make}, ${BASELINE}` };
}

/** Returns the extent of a measurement. */
export function extentOf(quick: boolean): Extent {
  return quick ? QUICK : FULL;
}

/** Has people converse, scroll back and chat on each server in turn. */
export async function measureServers(
  subjects: readonly Subject[],
  { rounds, messages, pages, time }: Extent,
  say: BenchOptions["say"],
): Promise<Pick<Outcome, "load" | "series">> {
  const table = new Table();
  for (const subject of inTurn(subjects, rounds, say)) {
    table.add(subject.name, await subject.converse(messages));
    table.add(subject.name, await subject.scroll({ pages, time }));
    table.add(subject.name, await subject.chat(time));
  }
  for (const subject of subjects) table.add(subject.name, await subject.end());
  return {
    load: `${rounds} rounds of ${messages} messages and up to ${pages} pages of ${PAGE} of each archive`,
    series: table.series,
  };
}
