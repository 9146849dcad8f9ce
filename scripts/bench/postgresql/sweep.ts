/**
 * Speed of a sweep in PostgreSQL, of whole weeks and parts of them, and the times of pages meanwhile.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { LIMITS } from "../../../src/store/postgresql/limits.ts";
import { EPOCH, NUMBERS_PER_MILLISECOND } from "../../../src/store/id.ts";
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import type { BenchOptions, Outcome, Scenario } from "../scenario.ts";
import { Load } from "../store_load.ts";
import { latency, pagesUntil, UNDISTURBED } from "../store_sweep.ts";
import { Table } from "../table.ts";
import { timedSweep } from "../timed_sweep.ts";
import { fillPostgresql } from "./fill.ts";
import { launch } from "./server.ts";

const USERS = 1_000;

/** Milliseconds of a partition. */
const SPAN = LIMITS.spanNumbers / NUMBERS_PER_MILLISECOND;

/** Number of spans at first. */
const SPANS = 5;

const BASELINE = "deleted in steps";

export const postgresqlSweep: Scenario = {
  name: "postgresql-sweep",
  summary: "a tenth of a store in PostgreSQL swept in steps, and a fifth by dropping a partition, while pages are read",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const entries = quick ? 200_000 : 10_000_000;
    await using running = new AsyncDisposableStack();
    const server = running.use(await launch(say));
    const database = await server.createDatabase();
    const begin = EPOCH + Math.floor((Date.now() - EPOCH) / SPAN - SPANS) * SPAN;
    say(`storing ${entries} entries`);
    await fillPostgresql(server, database, { users: USERS, messages: entries / 2, begin, duration: SPANS * SPAN });
    const store = running.use(await openPostgresqlStore({ url: server.url(database) }));
    const load = new Load(USERS);
    const table = new Table();
    for (const [round, spans] of [1, 2].entries()) {
      for (const [name, before] of [[BASELINE, round + 0.5], ["dropped with its partition", spans]] as const) {
        say(`round ${round + 1}: ${name}`);
        const without = await pagesUntil(delay(UNDISTURBED), store, load);
        const began = await server.cpu();
        const sweeping = timedSweep(store, begin + before * SPAN);
        const during = await pagesUntil(sweeping, store, load);
        const { seconds, entries: swept, longest } = await sweeping;
        table.add(name, [
          ["swept", "entries/s", swept / seconds],
          [
            "CPU of the database an entry, the pages read meanwhile included",
            "µs",
            (await server.cpu() - began) / swept * 1e6,
          ],
          ["longest step", "ms", longest],
          ...latency("a page", without),
          ...latency("a page while it is swept", during),
        ]);
      }
    }
    return {
      load: `${entries} entries in ${USERS} archives and ${SPANS} partitions at first; 200 pages a second`,
      baseline: BASELINE,
      series: table.series,
    };
  },
};
