/**
 * One Annals and two on one database, near it and at some distance.
 *
 * @module
 */
import type { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import { Subject } from "../component_subject.ts";
import type { BenchOptions, Outcome, Scenario } from "../scenario.ts";
import { type Figure, Table } from "../table.ts";
import { oncePerMessage } from "../talk.ts";
import { commitFar, farPair } from "./far.ts";
import { launch, storageAt, WORDS } from "./server.ts";

const PEOPLE = 1_000;

/** People who talk on the second instance. */
const LAYOUTS = [
  { apart: false, words: "the same archives" },
  { apart: true, words: "archives of their own" },
] as const;

const BASELINE = "one instance";

export const postgresqlInstances: Scenario = {
  name: "postgresql-instances",
  summary: "one Annals and two on one PostgreSQL, near and far, with the same archives and with others",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const { rounds, messages } = quick ? { rounds: 2, messages: 5_000 } : { rounds: 5, messages: 20_000 };
    await using running = new AsyncDisposableStack();
    const server = running.use(await launch(say));
    const table = new Table();
    const groups = await Promise.all(LAYOUTS.map(async ({ words, apart }) => (
      { words, subjects: await pair(server, apart, running) }
    )));
    const far = await Promise.all(LAYOUTS.map((layout) => farPair(server, layout, running)));
    for (const { subjects } of groups) for (const subject of subjects) await subject.take(messages);
    for (let round = 1; round <= rounds; round++) {
      for (const { words, subjects } of groups) {
        say(`round ${round} of ${rounds}: ${words}`);
        const counts = round % 2 === 0 ? [2, 1] : [1, 2];
        for (const count of counts) {
          const taking = subjects.slice(0, count);
          table.add(count === 1 ? BASELINE : "two instances", await together(taking, { messages, words, server }));
        }
      }
      for (const one of far) {
        say(`round ${round} of ${rounds}: ${one.words}, far away`);
        for (const count of round % 2 === 0 ? [2, 1] as const : [1, 2] as const) {
          table.add(count === 1 ? BASELINE : "two instances", await commitFar(one, count));
        }
      }
    }
    return {
      load: `${rounds} rounds of ${messages} messages to each instance, between ${PEOPLE} people; ${WORDS}`,
      baseline: BASELINE,
      series: table.series,
    };
  },
};

/** Two on a database of theirs. */
async function pair(
  server: PostgresqlServer,
  apart: boolean,
  running: AsyncDisposableStack,
): Promise<Subject[]> {
  const url = server.url(await server.createDatabase());
  const subjects: Subject[] = [];
  const first = Array.from({ length: PEOPLE }, (_, index) => `user${index}`);
  // Where they are the same they talk the other way round, so that nobody says what was said already.
  const second = apart ? first.map((name) => `other-${name}`) : first.toReversed();
  for (const names of [first, second]) {
    const keeper = { storage: storageAt(url), cpu: () => server.cpu() };
    const fill = () => Promise.resolve([]);
    const situation = { name: "an instance", people: PEOPLE, copying: oncePerMessage, keeper, names, fill };
    subjects.push(running.use(await Subject.open(situation)));
  }
  return subjects;
}

/** Hands messages to all at once. */
async function together(
  subjects: readonly Subject[],
  { messages, words, server }: { messages: number; words: string; server: PostgresqlServer },
): Promise<Figure[]> {
  const before = await server.cpu();
  const start = performance.now();
  const figures = await Promise.all(subjects.map((subject) => subject.take(messages)));
  const seconds = (performance.now() - start) / 1000;
  const keeper = await server.cpu() - before;
  const all = messages * subjects.length;
  const ofAnnals = figures.flat().filter(([quantity]) => quantity === "CPU a message").map(([, , value]) => value);
  const own = ofAnnals.reduce((sum, value) => sum + value, 0) * messages / 1e6;
  return [
    [`messages a second, ${words}`, "1/s", all / seconds],
    [`CPU of an instance, ${words}`, "% of a core", own / subjects.length / seconds * 100],
    [`CPU of the database, ${words}`, "% of a core", keeper / seconds * 100],
    [`CPU of Annals a message, ${words}`, "µs", own / all * 1e6],
    [`CPU of the database a message, ${words}`, "µs", keeper / all * 1e6],
  ];
}
