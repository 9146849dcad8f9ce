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
import { playDialogue } from "./support/dialogue_play.ts";
import { openStage } from "./support/dialogue_stage.ts";
import { allDialogues } from "./support/dialogues.ts";

/** Openers of stores; each returns the same archives every time, as after a restart. */
const STORES: Record<string, (folder: string) => () => Promise<ArchiveStore>> = {
  memory: () => {
    const store = openMemoryStore();
    return () => Promise.resolve(store);
  },
  sqlite: (folder) => () => openSqliteStore({ path: join(folder, "archive2.sqlite") }),
};

for (const [name, dialogue] of allDialogues()) {
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
