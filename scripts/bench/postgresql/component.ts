/**
 * Annals by itself, with its archives in PostgreSQL and in SQLite: a peer plays the server.
 *
 * @module
 */
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import { openSqliteStore } from "../../../src/store/sqlite/mod.ts";
import type { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import { everybodyReads, measureSituations } from "../component.ts";
import { type Keeper, PAGE, type Situation } from "../component_subject.ts";
import { preloadAnnals } from "../preload/annals.ts";
import type { BenchOptions, Outcome, Scenario } from "../scenario.ts";
import { oncePerMessage } from "../talk.ts";
import { fillPostgresql } from "./fill.ts";
import { launch, storageAt, WORDS } from "./server.ts";

const DAY = 86_400_000;

/** Archives of SQLite are in Annals itself. */
const SQLITE: Keeper = { storage: { archive2: "sqlite" } };

const BASELINE = "SQLite";

export const postgresqlComponent: Scenario = {
  name: "postgresql-component",
  summary: "messages and pages through Annals alone, with its archives in PostgreSQL beside SQLite",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const { rounds, messages, pages, entries } = quick
      ? { rounds: 2, messages: 5_000, pages: 50, entries: 200_000 }
      : { rounds: 7, messages: 10_000, pages: 100, entries: 10_000_000 };
    await using server = await launch(say);
    const situations = [...few(), await fewIn(server), ...many(entries), await manyIn(server, entries)];
    return {
      load: `${rounds} rounds of ${messages} messages of about 320 bytes and ${pages} pages of ${PAGE}; ${WORDS}`,
      baseline: BASELINE,
      series: await measureSituations(situations, { rounds, messages, pages, say }),
    };
  },
};

/** Two people talk, and somebody else has an archive of 10 thousand. */
function few(): Situation[] {
  return [{
    name: BASELINE,
    people: 2,
    copying: oncePerMessage,
    keeper: SQLITE,
    fill: async (path, { host }) => {
      await using store = await openSqliteStore({ path });
      await preloadAnnals(store, [{ owner: "juliet", host, messages: 10_000 }]);
      return [`juliet@${host}`];
    },
  }];
}

async function fewIn(server: PostgresqlServer): Promise<Situation> {
  const url = server.url(await server.createDatabase());
  return {
    name: "PostgreSQL",
    people: 2,
    copying: oncePerMessage,
    keeper: { storage: storageAt(url), cpu: () => server.cpu() },
    fill: async (_path, { host }) => {
      await using store = await openPostgresqlStore({ url });
      await preloadAnnals(store, [{ owner: "juliet", host, messages: 10_000 }]);
      return [`juliet@${host}`];
    },
  };
}

/** A thousand people talk and read. */
function many(entries: number): Situation[] {
  return [{
    name: `SQLite, ${entries.toLocaleString("en")} messages in 1,000 archives`,
    people: 1_000,
    copying: oncePerMessage,
    keeper: SQLITE,
    fill: everybodyReads(entries),
  }];
}

/** They have talked for four weeks, so that there is a partition for each. */
async function manyIn(server: PostgresqlServer, entries: number): Promise<Situation> {
  const database = await server.createDatabase();
  return {
    name: `PostgreSQL, ${entries.toLocaleString("en")} messages in 1,000 archives`,
    people: 1_000,
    copying: oncePerMessage,
    keeper: { storage: storageAt(server.url(database)), cpu: () => server.cpu() },
    fill: async () => {
      const duration = 28 * DAY;
      const past = { users: 1_000, messages: entries / 2, begin: Date.now() - duration, duration };
      return (await fillPostgresql(server, database, past)).slice(0, 20);
    },
  };
}
