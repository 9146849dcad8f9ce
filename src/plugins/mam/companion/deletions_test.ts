import { assertEquals } from "@std/assert";
import { memoryLog } from "../../../log/log.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import { Deletions } from "./deletions.ts";
import { PreferenceBook } from "../preferences.ts";

/** Deletions in a store that answers as it is told. */
function scene(deleteArchive: (archive: string) => Promise<number>): {
  deletions: Deletions;
  logged: () => string[];
} {
  const store = { deleteArchive } as ArchiveStore;
  const log = memoryLog();
  const deletions = new Deletions({ store, book: new PreferenceBook(store), log });
  return { deletions, logged: () => log.events.map(({ level, event }) => `${level} ${event}`) };
}

const { signal } = new AbortController();

Deno.test("Deletions goes through accounts one after the other, also where one is named twice", async () => {
  const steps: string[] = [];
  const { deletions, logged } = scene(async (archive) => {
    steps.push(`${archive} begins`);
    await new Promise((resolve) => setTimeout(resolve, 0));
    steps.push(`${archive} ends`);
    return 1;
  });
  const done = ["a", "a", "b"].map((account) => deletions.forget(account, signal));
  assertEquals(await Promise.all(done), [true, true, true]);
  assertEquals(steps, ["a begins", "a ends", "a begins", "a ends", "b begins", "b ends"]);
  assertEquals(logged(), ["info account-deleted", "info account-deleted", "info account-deleted"]);
});

Deno.test("Deletions gives up at the signal what the store would not do, and does not begin what comes after it", async () => {
  const stopping = new AbortController();
  let attempts = 0;
  const { deletions, logged } = scene(() => {
    attempts++;
    stopping.abort();
    return Promise.reject(new Error("disk full"));
  });
  const done = ["a", "b"].map((account) => deletions.forget(account, stopping.signal));
  assertEquals(await Promise.all(done), [false, false]);
  await deletions.settled();
  assertEquals([attempts, logged()], [1, ["error deletion-failed"]]);
});
