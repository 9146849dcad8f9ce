/**
 * Messages through ejabberd, and pages of them back: with its own mod_mam and with Annals, both on one PostgreSQL.
 *
 * @module
 */
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import { startEjabberd } from "../../../tests/support/servers/ejabberd.ts";
import { install } from "../../../tests/support/servers/install.ts";
import type { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import { extentOf, measureServers } from "../end_to_end.ts";
import { ACCOUNTS, type Keeper, Subject } from "../end_to_end_subject.ts";
import { preloadAnnals } from "../preload/annals.ts";
import type { BenchOptions, Outcome, Scenario } from "../scenario.ts";
import { makeTables, optionsFor, preloadMam } from "./mam.ts";
import { bytesOf, launch, storageAt, WORDS } from "./server.ts";

const BASELINE = "ejabberd, own archive in PostgreSQL";

export const postgresqlEjabberd: Scenario = {
  name: "postgresql-ejabberd",
  summary: "messages and pages through ejabberd with Annals and with its own mod_mam, on one PostgreSQL",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    await install("ejabberd on PostgreSQL", say);
    await using running = new AsyncDisposableStack();
    const server = running.use(await launch(say));
    const surroundings = { running, companion: false, say };

    const own = await server.createDatabase();
    await makeTables(server, own);
    const options = optionsFor(server, own);
    const keepsItself = running.use(await startEjabberd({ archive: "own-postgresql", accounts: ACCOUNTS, options }));
    const withAnnals = running.use(await startEjabberd({ archive: "annals", accounts: ACCOUNTS }));
    const withFile = running.use(await startEjabberd({ archive: "annals", accounts: ACCOUNTS }));
    const subjects = [
      await Subject.open(BASELINE, keepsItself, { ...surroundings, keeper: keeperOfMam(server, own) }),
      await Subject.open("ejabberd, Annals in PostgreSQL", withAnnals, {
        ...surroundings,
        keeper: keeperOfAnnals(server, await server.createDatabase()),
      }),
      await Subject.open("ejabberd, Annals in SQLite", withFile, surroundings),
    ];
    const { load, series } = await measureServers(subjects, extentOf(quick), say);
    return { load: `${load}; ${WORDS}`, baseline: BASELINE, series };
  },
};

function keeperOfMam(server: PostgresqlServer, database: string): Keeper {
  return {
    storage: {},
    cpu: () => server.cpu(),
    place: {
      words: "written into the table of mod_mam_sql",
      write: (histories) => preloadMam(server.url(database), histories),
      bytes: () => bytesOf(server, database),
    },
  };
}

function keeperOfAnnals(server: PostgresqlServer, database: string): Keeper {
  const url = server.url(database);
  return {
    storage: storageAt(url),
    cpu: () => server.cpu(),
    place: {
      words: "written through the store of Annals",
      async write(histories): Promise<void> {
        await using store = await openPostgresqlStore({ url });
        await preloadAnnals(store, histories);
      },
      bytes: () => bytesOf(server, database),
    },
  };
}
