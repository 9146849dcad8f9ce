/**
 * Contents of a store on disk, and checks of its database.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { ArchiveStore, Entry, Preferences } from "../../src/store/archive.ts";
import { parseArchiveId } from "../../src/store/id.ts";
import { type Contents, type Expectation, type Operation, OWNERS, type StoreModel } from "./store_operations.ts";

/** Entries read at once. */
const PAGE = 500;

/** Reads what a store holds of the owners. Throws when it contradicts itself. */
export async function contentsOf(store: ArchiveStore): Promise<Contents> {
  const archives: Record<string, readonly Entry[]> = {};
  const preferences: Record<string, Preferences> = {};
  for (const owner of OWNERS) {
    const entries = await entriesOf(store, owner);
    if (entries.length > 0) archives[owner] = entries;
    const preferred = await store.preferences(owner);
    if (preferred !== undefined) preferences[owner] = preferred;
  }
  return { archives, preferences };
}

/** Everything that SQLite finds wrong with a database; a process may have it open. */
export function damageOf(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const found = db.prepare("PRAGMA integrity_check").all();
    return found.map(({ integrity_check }) => String(integrity_check)).filter((line) => line !== "ok");
  } finally {
    db.close();
  }
}

async function entriesOf(store: ArchiveStore, owner: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let after: string | undefined;
  while (true) {
    const page = await store.page(owner, {}, { max: PAGE, ...after !== undefined && { after } });
    if ("unknown" in page) throw new Error(`The archive of ${owner} denies its own id "${page.unknown}"`);
    entries.push(...page.entries);
    after = page.entries.at(-1)?.id;
    if (page.complete || after === undefined) break;
  }
  const count = await store.count(owner, {});
  if (count !== entries.length) throw new Error(`The archive of ${owner} counts ${count} of ${entries.length} entries`);
  return entries;
}

/**
 * Returns how many of the operations that were begun are in the contents: the most for which these are right. Throws when
 * it is neither of the states that the operations lead through.
 */
export function keptOf(
  begun: readonly Operation[],
  { model, found }: { model: StoreModel; found: Contents },
): number {
  for (let kept = begun.length; kept >= 0; kept--) {
    if (differences(found, model.after(begun.slice(0, kept)).contents()).length === 0) return kept;
  }
  const amiss = differences(found, model.after(begun).contents());
  throw new Error(
    `Found a state that should never have been: with all ${begun.length} operations, ${amiss.join("; ")}`,
  );
}

/** Lists differences from the expected contents, in a line for each archive and each user's preferences. */
function differences(found: Contents, expected: Expectation): string[] {
  return OWNERS.flatMap((owner) => [
    ...firstDifference(`entry of ${owner}`, found.archives[owner] ?? [], leftOf(expected, owner, found)),
    ...firstDifference(`preferences of ${owner}`, [found.preferences[owner]], [expected.preferences[owner]]),
  ]);
}

/** Returns the entries that a sweep should have left when it left as many as were found. */
function leftOf({ archives, swept }: Expectation, owner: string, found: Contents): readonly Entry[] {
  const entries = archives[owner] ?? [];
  const old = entries.filter(({ id }) => (parseArchiveId(id)?.number ?? swept) < swept).length;
  const missing = entries.length - (found.archives[owner] ?? []).length;
  return entries.slice(Math.min(old, Math.max(0, missing)));
}

function firstDifference(what: string, found: readonly unknown[], expected: readonly unknown[]): string[] {
  const [here, there] = [found, expected].map((list) => list.map((item) => JSON.stringify(item)));
  if (here === undefined || there === undefined) return [];
  const place = Array.from({ length: Math.max(here.length, there.length) }).findIndex((_, i) => here[i] !== there[i]);
  if (place === -1) return [];
  const [one, other] = [here, there].map((list) => list[place]?.slice(0, 150) ?? "nothing");
  return [`${what} ${place}: found ${one} of ${here.length}, expected ${other} of ${there.length}`];
}
