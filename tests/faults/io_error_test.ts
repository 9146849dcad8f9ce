/**
 * Writes that fail in the middle of a commit: a limit on the size of files (setrlimit(2)) makes the system refuse them.
 *
 * @module
 */
import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { print, Random, seedOf } from "../support/random.ts";
import { contentsOf, damageOf, keptOf } from "../support/store_contents.ts";
import { StoreModel } from "../support/store_operations.ts";
import { StoreProcess } from "../support/store_process.ts";

const ROUNDS = 20;

/** The signal that comes with the refusal would end the process. */
const DEAF = ["sh", "-c", `trap "" XFSZ; exec "$@"`, "sh"];

Deno.test("A commit that fails half-way leaves nothing behind, and succeeds when the disk is back", async () => {
  const random = new Random(seedOf("write errors"));
  const folder = await Deno.makeTempDir({ prefix: "annals-write-" });
  const path = `${folder}/archive.sqlite`;
  let model = new StoreModel();
  let failures = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using process = new StoreProcess(DEAF);
    const store = {
      path,
      checkpointPages: random.pick([20, 20_000]),
      cacheBytes: random.pick([8192, 65_536, 67_108_864]),
    };
    await process.begin({ store, seed: random.bits(), time: model.time });
    await process.progress(random.integer(1, 20));
    for (let failure = 0; failure < 3; failure++) {
      await limitFiles(process.pid, (await Deno.stat(`${path}-wal`)).size + random.integer(0, 50_000));
      const { failed } = await process.report("failed");
      assertMatch(failed, /Cannot .* the archive ".*": the disk (fails|is full); /);
      failures++;
      // One time in three the process ends without the disk's coming back.
      if (random.chance(1 / 3)) break;
      await limitFiles(process.pid, "unlimited");
      await process.tryAgain();
      await process.progress(random.integer(1, 20));
    }
    await process.kill();
    await using survivor = await openSqliteStore({ path });
    const found = await contentsOf(survivor);
    const kept = keptOf(process.begun, { model, found });
    assertGreaterOrEqual(kept, process.done.length, `round ${round}`);
    model = model.after(process.begun.slice(0, kept)).leaving(found);
    assertEquals(survivor.newestNumber, model.newest, `round ${round}`);
    assertEquals(damageOf(path), [], `round ${round}`);
  }
  print(`${failures} commits failed`);
  await Deno.remove(folder, { recursive: true });
});

async function limitFiles(pid: number, bytes: number | "unlimited"): Promise<void> {
  const { success } = await new Deno.Command("prlimit", {
    args: ["--pid", String(pid), `--fsize=${bytes}:unlimited`],
  }).output();
  assertEquals(success, true, "prlimit(1) failed");
}
