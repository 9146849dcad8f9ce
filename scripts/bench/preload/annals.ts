/**
 * Archives of Annals, written through its store.
 *
 * @module
 */
import type { ArchiveStore, NewMessage } from "../../../src/store/archive.ts";
import { createIdGenerator } from "../../../src/store/id.ts";
import { type History, pastOf, stanzaOf } from "./history.ts";

/** Messages stored at once. */
const BATCH = 500;

/** Writes archives into the store of an Annals that does not run. */
export async function preloadAnnals(store: ArchiveStore, histories: readonly History[]): Promise<void> {
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
