/** Tests of retractions against every kind of store. */
import { assert, assertEquals } from "@std/assert";
import { conversationAt, idAt, JULIET, ROMEO, START, textAt } from "../../../../tests/support/store/messages.ts";
import { testStores as test } from "../../../../tests/support/store/stores.ts";
import { createLog } from "../../../log/log.ts";
import type { ArchiveStore, NewMessage, WholeEntry } from "../../../store/archive.ts";
import { openSqliteStore } from "../../../store/sqlite/mod.ts";
import { Retractions } from "./retractions.ts";

const log = createLog({ level: "error", format: "json", write: (line) => Promise.reject(new Error(line)) });

function open(store: ArchiveStore, options = {}, mostWaiting = 100): Retractions {
  const defaults = { retraction: true, retraction_max_age: Infinity };
  const now = () => START;
  return new Retractions({ store, options: { ...defaults, ...options }, rooms: new Set(), log, now, mostWaiting });
}

/** A message from Romeo to Juliet, as it is archived for both. */
function said(millisecond: number, id: string, content = "<body>secret</body>"): NewMessage {
  return {
    ...conversationAt(millisecond),
    stanza: `<message from='${ROMEO}/a' to='${JULIET}' type='chat' id='${id}'>${content}</message>`,
  };
}

function retraction(millisecond: number, id: string, target: string): NewMessage {
  return said(millisecond, id, `<retract xmlns='urn:xmpp:message-retract:1' id='${target}'/>`);
}

/** The same in an archive from elsewhere, Romeo's. */
function whole({ stanza, time }: NewMessage, id: string): WholeEntry {
  return { id, time, stanza, with: JULIET, resource: "" };
}

async function keep(store: ArchiveStore, retractions: Retractions, ...batch: NewMessage[]): Promise<void> {
  const kept = store.append(batch).then(() => true);
  await Promise.all(batch.map((message) => retractions.after(kept, message)));
  for (const archive of [ROMEO, JULIET]) await retractions.settled(archive);
}

/** Ids of the messages of an archive, and a mark on those that still say something. */
async function shown(store: ArchiveStore, archive = ROMEO): Promise<string[]> {
  return await Array.fromAsync(store.entries(archive), ({ stanza }) => (
    `${/ id=['"](\w+)/.exec(stanza)?.[1]}${stanza.includes("secret") ? " says" : ""}`
  ));
}

test("a message that is retracted in the same batch, or in the next, says nothing in either archive", async (store) => {
  const retractions = open(store);
  await keep(store, retractions, said(0, "a"), said(1, "b"), retraction(2, "r", "a"));
  await keep(store, retractions, retraction(3, "s", "b"), said(4, "c"));
  for (const archive of [ROMEO, JULIET]) {
    assertEquals(await shown(store, archive), ["a", "b", "r", "s", "c says"]);
  }
  await retractions.close();
});

test("a retraction ahead of its message in the batch holds", async (store) => {
  const retractions = open(store);
  await keep(store, retractions, retraction(0, "r", "a"), said(1, "a"));
  assertEquals(await shown(store), ["r", "a"]);
  assertEquals(await store.dataSpaces(), []);
  await retractions.close();
});

test("a retraction whose message another process stores holds at the next look", async (store) => {
  const before = open(store);
  await keep(store, before, retraction(0, "r", "a"));
  await before.close();
  await store.append([said(1, "a")]);
  const after = open(store);
  await after.resume();
  for (const archive of [ROMEO, JULIET]) await after.settled(archive);
  assertEquals(await shown(store), ["r", "a"]);
  assertEquals(await shown(store, JULIET), ["r", "a"]);
  await after.close();
});

test("a flood of retractions is taken at once, and is looked at by and by", async (store) => {
  const retractions = open(store, {}, 3);
  await store.append([said(0, "a")]);
  const flood = [
    ...Array.from({ length: 15 }, (_, at) => retraction(at + 1, `r${at}`, "none")),
    retraction(200, "r", "a"),
  ];
  const kept = store.append(flood).then(() => true);
  assertEquals(await Promise.all(flood.map((message) => retractions.after(kept, message))), flood.map(() => true));
  await retractions.resume();
  for (const archive of [ROMEO, JULIET]) await retractions.settled(archive);
  await retractions.resume();
  assertEquals([(await shown(store))[0], (await shown(store, JULIET))[0]], ["a", "a"]);
  await retractions.close();
});

test("an import is retracted in whatever order its parts come", async (store) => {
  const retractions = open(store);
  const parts = [
    [whole(said(2, "b"), "2")],
    [whole(retraction(3, "r", "a"), "3"), whole(retraction(4, "s", "b"), "4")],
    [
      whole(said(1, "a"), "1"),
    ],
  ];
  for (const entries of parts) {
    await store.adopt(ROMEO, entries);
    await retractions.adopted(ROMEO, entries);
  }
  assertEquals(await shown(store), ["a", "b", "r", "s"]);
  await retractions.close();
});

test("a retraction is held open for so many of an author, and of an archive", async (store) => {
  const retractions = open(store);
  const many = Array.from({ length: 30 }, (_, index) => retraction(index, `r${index}`, `m${index}`));
  await keep(store, retractions, ...many);
  const kept = JSON.parse(await store.datum("mam/retractions", ROMEO) ?? "").open;
  assertEquals(kept.map(({ target }: { target: string }) => target), many.slice(-10).map((_, at) => `m${at + 20}`));
  await retractions.forget(ROMEO);
  await retractions.forget(JULIET);
  assertEquals(await store.dataSpaces(), []);
  await retractions.close();
});

test("a message is found behind thousands of others, unless it is too old", async (store) => {
  const others = Array.from({ length: 1500 }, (_, at) => said(at + 1, `o${at}`, "<body>other</body>"));
  await store.append([said(0, "a"), ...others]);
  for (const [age, expected] of [[1, "a says"], [Infinity, "a"]] as const) {
    const retractions = open(store, { retraction_max_age: age });
    await keep(store, retractions, retraction(2000 + (age === 1 ? 0 : 1), "r", "a"));
    assertEquals((await shown(store))[0], expected);
    await retractions.close();
  }
});

test("an id that looks different in XML is found", async (store) => {
  const retractions = open(store);
  await keep(store, retractions, said(0, "a&amp;&lt;b"), retraction(1, "r", "a&#38;&#x3c;b"));
  assertEquals((await shown(store)).some((each) => each.endsWith("says")), false);
  await retractions.close();
});

test("nothing is retracted where the option is off, nor what an archive does not keep", async (store) => {
  const retractions = open(store, { retraction: false });
  await keep(store, retractions, said(0, "a"), retraction(1, "r", "a"));
  assertEquals(await shown(store), ["a says", "r"]);
  const position = { archive: ROMEO, id: idAt(9) };
  assertEquals(
    await open(store).after(Promise.resolve(true), { time: 0, stanza: "", entries: [], positions: [position] }),
    true,
  );
  assertEquals(await store.count(ROMEO, { ids: [textAt(0)] }), 1);
  await retractions.close();
});

test("a retraction that could not be stored has no effect", async (store) => {
  const retractions = open(store);
  await store.append([said(0, "a")]);
  assertEquals(await retractions.after(Promise.resolve(false), retraction(1, "r", "a")), false);
  await retractions.settled(ROMEO);
  assertEquals(await shown(store), ["a says"]);
  await retractions.close();
});

Deno.test("Words that were retracted are nowhere on the disk, when the archives are closed at the latest", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/archive.sqlite`;
  try {
    const store = await openSqliteStore({ path });
    const retractions = open(store);
    await keep(store, retractions, said(0, "a"), said(1, "b", "<body>kept</body>"));
    const read = async (): Promise<string> => (
      (await Promise.all([path, `${path}-wal`].map((file) => Deno.readTextFile(file).catch(() => "")))).join()
    );
    assert((await read()).includes("secret"));
    await keep(store, retractions, retraction(2, "r", "a"));
    await retractions.close();
    assertEquals([(await read()).includes("secret"), (await read()).includes("kept")], [false, true]);
    await store[Symbol.asyncDispose]();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
