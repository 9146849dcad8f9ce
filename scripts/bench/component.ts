/**
 * Annals by itself: a peer plays the server, and hands over messages and requests as fast as they are taken.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { PAGE, type Situation, Subject } from "./component_subject.ts";
import { preloadAnnals } from "./preload/annals.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { Load } from "./store_load.ts";
import { Table } from "./table.ts";
import { oncePerHop, oncePerMessage } from "./talk.ts";
import { inTurn } from "./rounds.ts";

/** Messages stored at once. */
const BATCH = 500;

const BASELINE: Situation = { name: "2 archives", people: 2, copying: oncePerMessage, fill: julietReads(10_000) };

const THOUSAND: Situation = { ...BASELINE, name: "1,000 archives", people: 1_000 };

const SITUATIONS: readonly Situation[] = [
  BASELINE,
  THOUSAND,
  { ...THOUSAND, name: "1,000 archives, copies at every hop", copying: oncePerHop },
];

const LARGE: readonly Situation[] = [
  { ...THOUSAND, name: "1,000 archives, that read 200,000 long", fill: julietReads(200_000) },
  { ...THOUSAND, name: "1,000 archives, 10 million messages in them", fill: everybodyReads(10_000_000) },
];

/** Copies in and pages out, of Annals alone. */
export const component: Scenario = {
  name: "component",
  summary: "messages and pages through Annals alone: its speed, CPU and memory, and pages while messages arrive",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const { rounds, messages, pages, situations } = quick
      ? { rounds: 2, messages: 5_000, pages: 50, situations: SITUATIONS }
      : { rounds: 7, messages: 20_000, pages: 200, situations: [...SITUATIONS, ...LARGE] };
    return {
      load: `${rounds} rounds of ${messages} messages of about 320 bytes and ${pages} pages of ${PAGE}`,
      baseline: BASELINE.name,
      series: await measureSituations(situations, { rounds, messages, pages, say }),
    };
  },
};

/** Extent of a measurement, and the receiver of its progress. */
export interface Measuring extends Pick<BenchOptions, "say"> {
  readonly rounds: number;
  readonly messages: number;
  readonly pages: number;
}

/** Has an Annals in each situation take messages and read pages, in turn. */
export async function measureSituations(
  situations: readonly Situation[],
  { rounds, messages, pages, say }: Measuring,
): Promise<Outcome["series"]> {
  await using running = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const situation of situations) {
    say(`filling archives: ${situation.name}`);
    const subject = running.use(await Subject.open(situation));
    // What has not run often yet is not compiled yet.
    await subject.take(messages);
    await subject.read(pages);
    subjects.push(subject);
  }
  const table = new Table();
  for (const subject of inTurn(subjects, rounds, say)) {
    table.add(subject.name, await subject.take(messages));
    table.add(subject.name, await subject.read(pages));
  }
  return table.series;
}

/** Somebody with an archive of a certain length reads, apart from those who talk. */
function julietReads(messages: number): Situation["fill"] {
  return async (database, { host }) => {
    await using store = await openSqliteStore({ path: database });
    await preloadAnnals(store, [{ owner: "juliet", host, messages }]);
    return [`juliet@${host}`];
  };
}

/** Fills the archives of those who talk, mixed on disk as their messages came in; two archives hold each message. */
export function everybodyReads(entries: number): Situation["fill"] {
  return async (database) => {
    await using store = await openSqliteStore({ path: database });
    const load = new Load(1_000);
    for (let left = entries / 2; left > 0; left -= BATCH) {
      await store.append(load.batch(Math.min(left, BATCH)));
      // The streams of those that run already are kept alive meanwhile.
      await setImmediate();
    }
    return load.users.slice(0, 20);
  };
}
