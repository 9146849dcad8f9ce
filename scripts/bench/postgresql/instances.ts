/**
 * One Annals and two on one database, near it and at some distance.
 *
 * @module
 */
import type { PostgresqlServer } from "../../../src/testing/servers/postgresql.ts";
import { Subject } from "../component_subject.ts";
import type { BenchOptions, Outcome, Scenario } from "../scenario.ts";
import { type Figure, Table } from "../table.ts";
import { oncePerMessage } from "../talk.ts";
import { Distance } from "./distance.ts";
import { launch, storageAt, WORDS } from "./server.ts";

const PEOPLE = 1_000;

/** Milliseconds that a round trip to the database takes more than it does on one machine. */
const ROUND_TRIPS = [0, 2, 20] as const;

const BASELINE = "one instance";

export const postgresqlInstances: Scenario = {
  name: "postgresql-instances",
  summary: "one Annals and two that write the same archives in one PostgreSQL, near and far",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const { rounds, messages } = quick ? { rounds: 2, messages: 5_000 } : { rounds: 5, messages: 20_000 };
    await using running = new AsyncDisposableStack();
    const server = running.use(await launch(say));
    const table = new Table();
    const groups = await Promise.all(ROUND_TRIPS.map(async (roundTrip) => {
      const distance = running.use(await Distance.open(server.port, roundTrip / 2));
      return { roundTrip, subjects: await pair(server, distance.port, running) };
    }));
    for (const { subjects } of groups) for (const subject of subjects) await subject.take(messages);
    for (let round = 1; round <= rounds; round++) {
      for (const { roundTrip, subjects } of groups) {
        say(`round ${round} of ${rounds}: ${roundTrip} ms to the database`);
        const far = `, ${roundTrip} ms to the database and back`;
        const counts = round % 2 === 0 ? [2, 1] : [1, 2];
        for (const count of counts) {
          const taking = subjects.slice(0, count);
          table.add(count === 1 ? BASELINE : "two instances", await together(taking, { messages, far, server }));
        }
      }
    }
    return {
      load: `${rounds} rounds of ${messages} messages to each instance, between the same ${PEOPLE} people; ${WORDS}`,
      baseline: BASELINE,
      series: table.series,
    };
  },
};

/** Two on a database of theirs. */
async function pair(server: PostgresqlServer, port: number, running: AsyncDisposableStack): Promise<Subject[]> {
  const url = new URL(server.url(await server.createDatabase()));
  url.port = String(port);
  const subjects: Subject[] = [];
  for (const reversed of [false, true]) {
    const keeper = { storage: storageAt(url.href), cpu: () => server.cpu() };
    const fill = () => Promise.resolve([]);
    const situation = { name: "an instance", people: PEOPLE, copying: oncePerMessage, keeper, reversed, fill };
    subjects.push(running.use(await Subject.open(situation)));
  }
  return subjects;
}

/** Hands messages to all at once. */
async function together(
  subjects: readonly Subject[],
  { messages, far, server }: { messages: number; far: string; server: PostgresqlServer },
): Promise<Figure[]> {
  const before = await server.cpu();
  const start = performance.now();
  const figures = await Promise.all(subjects.map((subject) => subject.take(messages)));
  const seconds = (performance.now() - start) / 1000;
  const all = messages * subjects.length;
  const ofAnnals = figures.flat().filter(([quantity]) => quantity === "CPU a message").map(([, , value]) => value);
  const own = ofAnnals.reduce((sum, value) => sum + value, 0) * messages / 1e6;
  return [
    [`messages a second${far}`, "1/s", all / seconds],
    [`CPU of an instance${far}`, "% of a core", own / subjects.length / seconds * 100],
    [`CPU of the database${far}`, "% of a core", (await server.cpu() - before) / seconds * 100],
    [`CPU of Annals a message${far}`, "µs", own / all * 1e6],
    [`CPU of the database a message${far}`, "µs", (await server.cpu() - before) / all * 1e6],
  ];
}
