/**
 * Metrics of the archive.
 *
 * @module
 */
import { Histogram } from "../../../watch/histogram.ts";
import type { Meter } from "../../../watch/metric.ts";
import type { Archiving } from "../archiving.ts";
import type { Companions } from "../companion/companions.ts";
import type { Copies } from "../standard/copies.ts";
import type { Swept } from "./sweep.ts";

/** Upper bounds of the buckets for sweeps, in seconds: they go on in the background, some of them for long. */
const SWEEP_SECONDS = [0.1, 1, 10, 60, 300, 1800];

/** Sources of the metrics. */
export interface Measurable {
  readonly archiving: Archiving;
  readonly companions: Companions;
  readonly copies: Copies;
}

/** Registers all of it; returns what is to be told of each sweep. */
export function measureArchive(meter: Meter, measurable: Measurable): (swept: Swept | undefined) => void {
  const { archiving } = measurable;
  measureMessages(meter, measurable);
  measureStore(meter, archiving);
  const about = { name: "annals_page_seconds", help: "Answers to archive queries, results included" };
  meter.histogram(about, archiving.pages);
  return measureSweeps(meter, archiving);
}

function measureMessages(meter: Meter, { archiving, companions, copies }: Measurable): void {
  const { tally, intake, commit } = archiving;
  meter.counter({
    name: "annals_messages_received",
    help: "Messages handed over by servers: as copies, and through the module",
    label: "by",
    read: () => ({ copy: copies.taken, module: companions.taken }),
  });
  meter.gauge({
    name: "annals_hosts_with_module",
    help: "Hosts that hand messages over through the module",
    read: () => companions.count,
  });
  meter.counter({
    name: "annals_messages_stored",
    help: "Messages stored",
    read: () => tally.of("stored"),
  });
  meter.counter({
    name: "annals_messages_skipped",
    help: "Messages handed over and not stored, by reason, counted for each owner",
    label: "reason",
    read: () => tally.skipped(),
  });
  meter.counter({
    name: "annals_messages_lost",
    help: "Messages that the store did not take while they could wait",
    read: () => tally.of("lost"),
  });
  meter.gauge({
    name: "annals_messages_waiting",
    help: "Messages that wait for the store, or are on their way into it",
    read: () => commit.depth,
  });
  meter.gauge({
    name: "annals_archives_undecided",
    help: "Archives with messages that wait for a roster",
    read: () => intake.undecided,
  });
}

function measureStore(meter: Meter, { intake, commit, store }: Archiving): void {
  meter.histogram(
    { name: "annals_commit_seconds", help: "Commits, of the messages that came together" },
    commit.seconds,
  );
  meter.gauge({
    name: "annals_store_accepting",
    help: "1 when the store takes messages; 0 while they wait in memory",
    read: () => Number(commit.accepting && intake.deciding),
  });
  meter.gauge({
    name: "annals_store_bytes",
    help: "Size of the archives on disk: the database and its write-ahead log",
    label: "file",
    read: () => ({ database: store.size.database, log: store.size.log }),
  });
  meter.gauge({
    name: "annals_store_free_bytes",
    help: "Free space in the database, which is used again",
    read: () => store.size.free,
  });
}

function measureSweeps(meter: Meter, { store, options }: Archiving): (swept: Swept | undefined) => void {
  const about = { name: "annals_sweep_seconds", help: "Sweeps for expired messages" };
  const sweeps = meter.histogram(about, new Histogram(SWEEP_SECONDS));
  let entries = 0;
  let ended = NaN;
  meter.counter({
    name: "annals_sweep_entries",
    help: "Expired messages that were removed, once for each archive that had them",
    read: () => entries,
  });
  meter.gauge({
    name: "annals_sweep_last_timestamp_seconds",
    help: "Time of the last sweep, in seconds since 1970; 0 before the first",
    read: () => store.sweptAt / 1000,
  });
  meter.gauge({
    name: "annals_sweep_next_timestamp_seconds",
    help: "Time of the next sweep, in seconds since 1970; NaN where nothing expires",
    read: () => options.archive_expires_after === Infinity ? NaN : ended / 1000 + options.archive_cleanup_interval,
  });
  return (swept) => {
    ended = Date.now();
    if (swept === undefined) return;
    sweeps.observe(swept.seconds);
    entries += swept.entries;
  };
}
