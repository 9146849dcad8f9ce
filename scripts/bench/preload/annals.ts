/**
 * Archives of Annals, written through its store.
 *
 * @module
 */
import type { NewMessage } from "../../../src/store/archive.ts";
import { createIdGenerator } from "../../../src/store/id.ts";
import { openSqliteStore } from "../../../src/store/sqlite/mod.ts";
import { type History, pastOf, stanzaOf } from "./history.ts";

/** Messages stored at once. */
const BATCH = 500;

/** Writes archives into the database of an Annals that does not run. */
export async function preloadAnnals(database: string, histories: readonly History[]): Promise<void> {
  await using store = await openSqliteStore({ path: database });
  for (const history of histories) {
    const nextId = createIdGenerator({ newest: 0 });
    const archive = `${history.owner}@${history.host}`;
    let batch: NewMessage[] = [];
    for (const message of pastOf(history)) {
      const { time, peer } = message;
      const entry = { archive, id: nextId(time), with: peer, resource: "phone" };
      batch.push({ time, stanza: stanzaOf(message), entries: [entry] });
      if (batch.length < BATCH && message.number < history.messages) continue;
      await store.append(batch);
      batch = [];
    }
  }
}
