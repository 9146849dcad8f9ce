/** The contract of stores: storing, held against every kind of store. */
import { assertEquals, assertRejects } from "@std/assert";
import type { NewMessage } from "./archive.ts";
import { UnkeepableError } from "./error.ts";
import { parseArchiveId } from "./id.ts";
import {
  conversationAt,
  idAt,
  JULIET,
  knownPage,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
  textAt,
} from "../../tests/support/store/messages.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

test("append() keeps a message in the archives of both ends, in each under its own id", async (store) => {
  await store.append([conversationAt(1)]);
  for (const [archive, id] of [[ROMEO, textAt(1)], [JULIET, textAt(1, 1)]] as const) {
    const { entries } = await knownPage(store, {}, { archive });
    assertEquals(entries, [{ id, time: START + 1, stanza: "<message id='1'/>" }]);
  }
});

test("append() gives back every bit of an id, and a stanza as it was", async (store) => {
  const random = 2n ** 64n - 1n;
  const stanza = "<message><body>\u{1F427} \u00e9 'quoted' \n</body></message>";
  await store.append([{ ...messageAt(1, { id: { ...idAt(1), random } }), stanza }]);
  const [entry] = (await knownPage(store, {})).entries;
  assertEquals(entry?.stanza, stanza);
  assertEquals(parseArchiveId(entry?.id ?? ""), { ...idAt(1), random });
});

test("append() leaves an entry whose id the archive holds as it is", async (store) => {
  await store.append([conversationAt(1), conversationAt(2)]);
  await store.append([conversationAt(1), { ...conversationAt(2), stanza: "<other/>" }, conversationAt(3)]);
  for (const archive of [ROMEO, JULIET]) {
    assertEquals((await pageOf(store, {}, { archive })).at, [1, 2, 3]);
    assertEquals(await store.count(archive, {}), 3);
  }
});

test("append() keeps an id that comes twice in a batch once", async (store) => {
  await store.append([messageAt(1), messageAt(1), messageAt(2, {}, { id: idAt(2) })]);
  assertEquals(await pageOf(store, {}), { at: [1, 2], complete: true, count: 2, index: 0 });
});

test("append() adds the end that is missing to a message that is sent again", async (store) => {
  await store.append([messageAt(1)]);
  await store.append([conversationAt(1)]);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [1]);
  assertEquals((await pageOf(store, {})).at, [1]);
});

test("append() puts an older id where its number belongs", async (store) => {
  await store.append([messageAt(10), messageAt(30)]);
  await store.append([messageAt(20), messageAt(5), messageAt(40)]);
  assertEquals((await pageOf(store, {})).at, [5, 10, 20, 30, 40]);
});

test("append() keeps different messages under one number apart", async (store) => {
  const [mine, hers] = [messageAt(1), { ...messageAt(2, { archive: JULIET, id: idAt(1) }), time: START + 1 }];
  await store.append([mine]);
  await store.append([hers, { ...messageAt(3, { archive: NURSE, id: idAt(1) }), time: START + 1 }]);
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [2]);
  assertEquals((await pageOf(store, {}, { archive: NURSE })).at, [3]);
});

test("append() keeps all of a batch or none", async (store) => {
  await store.append([messageAt(1)]);
  const bad = [messageAt(2), { ...messageAt(3), time: NaN }];
  await assertRejects(() => store.append(bad), UnkeepableError, "expected milliseconds");
  await assertRejects(
    () => store.append([messageAt(2), { ...messageAt(3), entries: [] }]),
    UnkeepableError,
    "one or two",
  );
  await assertRejects(
    () => store.append([messageAt(2, { id: { number: -1, random: 0n } })]),
    UnkeepableError,
    "archive id",
  );
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals(store.newestNumber, idAt(1).number);
});

test("append() takes an empty batch", async (store) => {
  await store.append([]);
  assertEquals(await store.count(ROMEO, {}), 0);
});

test("append() keeps two entries of one message in one archive apart", async (store) => {
  await store.append([messageAt(1, { with: JULIET }, { with: NURSE })]);
  assertEquals((await pageOf(store, {})).at, [1, 1]);
  assertEquals((await store.expire(START + 2, 1)).entries, 1);
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals(await store.deleteArchive(ROMEO), 1);
});

test("newestNumber is the greatest number ever held, whatever is forgotten", async (store) => {
  assertEquals(store.newestNumber, 0);
  await store.append([conversationAt(5)]);
  await store.append([messageAt(1)]);
  assertEquals(store.newestNumber, idAt(5, 1).number);
  await store.expire(START + 100, 10);
  await store.deleteArchive(ROMEO);
  assertEquals(store.newestNumber, idAt(5, 1).number);
});

test("append() keeps apart what two archives hold under one number", async (store) => {
  function to(archive: string): NewMessage {
    return { ...messageAt(1, { archive }), stanza: `<message to='${archive}'/>` };
  }
  const [romeos, juliets, nurses] = [to(ROMEO), to(JULIET), to(NURSE)];
  await store.append([romeos, juliets]);
  await store.append([nurses, { ...juliets, stanza: "<other/>" }]);
  async function held(archive: string): Promise<string[]> {
    return (await knownPage(store, {}, { archive })).entries.map(({ stanza }) => stanza);
  }
  for (const { entries: [entry], stanza } of [romeos, juliets, nurses]) {
    assertEquals(await held(entry?.archive ?? ""), [stanza]);
  }
  await store.deleteArchive(ROMEO);
  assertEquals([await held(ROMEO), await held(JULIET), await held(NURSE)], [[], [juliets.stanza], [nurses.stanza]]);
});
