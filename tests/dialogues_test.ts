/**
 * Plays every `tests/dialogues/*.dialogue` against the component with the plugins that come with Annals, on each store.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import type { ArchiveStore } from "../src/store/archive.ts";
import { openMemoryStore } from "../src/store/memory/mod.ts";
import { openSqliteStore } from "../src/store/sqlite/mod.ts";
import { readDialogue } from "../src/testing/dialogue.ts";
import { playDialogue } from "../src/testing/dialogue_play.ts";
import { openStage } from "../src/testing/dialogue_stage.ts";

const FOLDER = new URL("dialogues/", import.meta.url);

/** How a store is opened again after a restart: each returns the same archives every time. */
const STORES: Record<string, (folder: string) => () => Promise<ArchiveStore>> = {
  memory: () => {
    const store = openMemoryStore();
    return () => Promise.resolve(store);
  },
  sqlite: (folder) => () => openSqliteStore({ path: join(folder, "archive2.sqlite") }),
};

const names = [...Deno.readDirSync(FOLDER)].flatMap(({ name }) => /^(.+)\.dialogue$/.exec(name)?.[1] ?? []).sort();

for (const name of names) {
  const dialogue = readDialogue(name, (other) => Deno.readTextFileSync(new URL(`${other}.dialogue`, FOLDER)));
  for (const [store, opener] of Object.entries(STORES)) {
    Deno.test(`${dialogue.title} (${name}, ${store})`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await using stage = await openStage({ settings: dialogue.settings, openStore: opener(folder) });
        await playDialogue(dialogue, stage);
        assertEquals(await stage.unexpected(), [], "Annals says or logs more than the dialogue has");
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}
