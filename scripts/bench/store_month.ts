/**
 * Growth of the file over a month of steady traffic, of which a week is kept.
 *
 * @module
 */
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { Load } from "./store_load.ts";
import { Table } from "./table.ts";
import { timedSweep } from "./timed_sweep.ts";

const USERS = 1000;
const DAY = 86_400_000;
const KEPT = 7;
const SWEEPS_A_DAY = 6;

/** The days after which the file is looked at; after the last of them, nothing is sent for a week. */
const DAYS = [1, 4, 7, 8, 9, 12, 16, 20, 25, 30];

const BASELINE = "after 8 days";

export const storeMonth: Scenario = {
  name: "store-month",
  summary: "the size of the file over a month of steady traffic, a week kept, six sweeps a day",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  const daily = quick ? 5_000 : 50_000;
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const path = `${folder}/archive.sqlite`;
  const store = opened.use(await openSqliteStore({ path }));
  const load = new Load(USERS, { pace: DAY / daily });
  const table = new Table();

  async function lookAt(subject: string): Promise<void> {
    const [file, log] = [await Deno.stat(path), await Deno.stat(`${path}-wal`)];
    table.add(subject, [["the file", "MB", file.size / 1e6], ["its log", "MB", log.size / 1e6]]);
  }

  async function sweepAt(time: number): Promise<void> {
    const { longest } = await timedSweep(store, time - KEPT * DAY);
    table.add("every sweep", [["longest step", "ms", longest]]);
  }

  for (let day = 1; day <= 30; day++) {
    for (let sweep = 0; sweep < SWEEPS_A_DAY; sweep++) {
      await load.fill(store, Math.floor(daily / SWEEPS_A_DAY));
      await sweepAt(load.now);
    }
    if (!DAYS.includes(day)) continue;
    say(`day ${day}`);
    await lookAt(`after ${day} days`);
  }
  for (let silence = 1; silence <= KEPT * SWEEPS_A_DAY; silence++) {
    await sweepAt(load.now + silence * DAY / SWEEPS_A_DAY);
  }
  await lookAt("a week after the last message");
  return { load: `${daily} messages a day between ${USERS} users`, baseline: BASELINE, series: table.series };
}
