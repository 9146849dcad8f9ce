/**
 * Cuts the power of the drive that a store writes to: what the system had in memory only is gone.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { available, Drive } from "../support/disk.ts";
import { print, Random, seedOf } from "../support/random.ts";
import { contentsOf, damageOf, keptOf } from "../support/store_contents.ts";
import { StoreModel } from "../support/store_operations.ts";
import { StoreProcess } from "../support/store_process.ts";

const ROUNDS = 8;
const MEBIBYTES = 32;
const ignore = !await available(() => Drive.make(MEBIBYTES));

Deno.test({
  name: 'A power cut loses nothing that was acknowledged where synchronous = "full"',
  ignore,
  fn: async () => assertEquals(await cutPower("full"), 0),
});

Deno.test({
  name: 'A power cut loses only the newest where synchronous = "normal", and leaves nothing half done',
  ignore,
  // That something is lost shows that the power is cut indeed.
  fn: async () => assertGreater(await cutPower("normal"), 0),
});

/** Runs a process on a drive whose power fails again and again; returns how many acknowledged operations were lost. */
async function cutPower(synchronous: "full" | "normal"): Promise<number> {
  const random = new Random(seedOf(`power cut, ${synchronous}`));
  let drive = await Drive.make(MEBIBYTES);
  let model = new StoreModel();
  let [done, lost] = [0, 0];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await using process = new StoreProcess();
      const store = {
        path: `${drive.folder}/archive.sqlite`,
        synchronous,
        checkpointPages: random.pick([20, 100, 20_000]),
      };
      await process.begin({ store, seed: random.bits(), time: model.time });
      await process.progress(random.integer(1, 60));
      await process.freeze();
      const broken = drive;
      drive = await drive.afterPowerCut();
      await process.kill();
      await broken[Symbol.asyncDispose]();

      const path = `${drive.folder}/archive.sqlite`;
      await using survivor = await openSqliteStore({ path });
      const found = await contentsOf(survivor);
      const kept = keptOf(process.begun, { model, found });
      model = model.after(process.begun.slice(0, kept)).leaving(found);
      assertEquals(survivor.newestNumber, model.newest, `round ${round}`);
      assertEquals(damageOf(path), [], `round ${round}`);
      done += process.done.length;
      lost += Math.max(0, process.done.length - kept);
    }
  } finally {
    await drive[Symbol.asyncDispose]();
  }
  print(`${ROUNDS} power cuts: ${lost} of ${done} operations lost`);
  return lost;
}
