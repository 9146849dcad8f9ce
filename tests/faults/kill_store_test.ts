/**
 * Kills a process that writes to a store, over and over, and looks at what is there each time.
 *
 * @module
 */
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { delay } from "@std/async/delay";
import { openSqliteStore, type SqliteOptions } from "../../src/store/sqlite/mod.ts";
import { print, Random, seedOf } from "../support/random.ts";
import { contentsOf, damageOf, keptOf } from "../support/store_contents.ts";
import { StoreModel } from "../support/store_operations.ts";
import { StoreProcess } from "../support/store_process.ts";

const ROUNDS = Number(Deno.env.get("ANNALS_KILLS") ?? 200);

Deno.test("kill -9 at any moment loses nothing that was acknowledged, and leaves nothing half done", async () => {
  const random = new Random(seedOf("kill -9"));
  const folder = await Deno.makeTempDir({ dir: "/dev/shm", prefix: "annals-kill-" });
  let model = new StoreModel();
  const met = { done: 0, undone: 0 };
  let upcoming = new StoreProcess();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await using process = upcoming;
      await process.begin({ store: drawOptions(folder, random), seed: random.bits(), time: model.time });
      // What takes time is its start, so the next one starts meanwhile.
      upcoming = new StoreProcess();
      if (random.chance(0.6)) await process.progress(random.integer(0, 30));
      await delay(random.integer(0, 30));
      await process.kill();

      // A copy leaves what the crash left for the next process.
      const path = random.chance(0.5) ? `${folder}/archive.sqlite` : await copyOf(folder);
      await using store = await openSqliteStore({ path });
      const found = await contentsOf(store);
      const kept = keptOf(process.begun, { model, found });
      assertGreaterOrEqual(kept, process.done.length, `round ${round}`);
      model = model.after(process.begun.slice(0, kept)).leaving(found);
      assertEquals(store.newestNumber, model.newest, `round ${round}`);
      assertEquals(damageOf(path), [], `round ${round}`);
      met.done += process.done.length;
      met.undone += process.begun.length - kept;
    }
  } finally {
    await upcoming.kill();
    await Deno.remove(folder, { recursive: true });
  }
  print(`${ROUNDS} kills: ${met.done} operations were acknowledged, ${met.undone} cut off`);
  assertGreaterOrEqual(met.done, ROUNDS);
});

/** Draws options that change the moments at which files are written. */
function drawOptions(folder: string, random: Random): SqliteOptions {
  return {
    path: `${folder}/archive.sqlite`,
    synchronous: random.pick(["normal", "full"]),
    cacheBytes: random.pick([64 * 1024, 64 * 1024 * 1024]),
    checkpointPages: random.pick([1, 20, 200, 20_000]),
    limits: {
      recentEntries: random.integer(0, 200),
      settledEntries: random.integer(1, 100),
    },
  };
}

/** The files as the crash left them, in another place. */
async function copyOf(folder: string): Promise<string> {
  await Deno.mkdir(`${folder}/copy`, { recursive: true });
  for (const end of ["", "-wal"]) {
    const [from, to] = [`${folder}/archive.sqlite${end}`, `${folder}/copy/archive.sqlite${end}`];
    await Deno.remove(to).catch(() => {});
    await Deno.copyFile(from, to).catch(() => {});
  }
  return `${folder}/copy/archive.sqlite`;
}
