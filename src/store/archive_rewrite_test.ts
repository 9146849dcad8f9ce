/** The contract of stores: entries whose stanza another replaces, held against every kind of store. */
import { assertEquals, assertRejects } from "@std/assert";
import type { ArchiveStore } from "./archive.ts";
import { UnkeepableError } from "./error.ts";
import {
  conversationAt,
  JULIET,
  knownPage,
  messageAt,
  ROMEO,
  START,
  textAt,
} from "../../tests/support/store/messages.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

async function stanzas(store: ArchiveStore, archive: string): Promise<string[]> {
  return (await knownPage(store, {}, { archive })).entries.map(({ stanza }) => stanza);
}

test("rewrite() replaces a stanza and nothing else", async (store) => {
  await store.append([messageAt(0), messageAt(1, { resource: "balcony" }), messageAt(2)]);
  const before = await Array.fromAsync(store.entries(ROMEO));
  assertEquals(await store.rewrite(ROMEO, textAt(1), "<gone/>"), true);
  const expected = before.map((entry) => entry.id === textAt(1) ? { ...entry, stanza: "<gone/>" } : entry);
  assertEquals(await Array.fromAsync(store.entries(ROMEO)), expected);
  assertEquals((await knownPage(store, { with: JULIET, resource: "balcony" })).entries, [
    { id: textAt(1), time: START + 1, stanza: "<gone/>" },
  ]);
});

test("rewrite() leaves what another archive holds as it is", async (store) => {
  await store.append([conversationAt(1), conversationAt(2)]);
  const [, second] = await stanzas(store, ROMEO);
  await store.rewrite(ROMEO, textAt(1), "<gone/>");
  assertEquals(await stanzas(store, ROMEO), ["<gone/>", second]);
  assertEquals(await stanzas(store, JULIET), ["<message id='1'/>", second]);
  await store.rewrite(JULIET, textAt(1, 1), "<away/>");
  assertEquals(await stanzas(store, ROMEO), ["<gone/>", second]);
  assertEquals(await stanzas(store, JULIET), ["<away/>", second]);
});

test("rewrite() leaves what is kept beside a stanza where it is", async (store) => {
  await store.append([{ ...messageAt(1), beside: "alone" }, { ...conversationAt(2), beside: "of both" }]);
  for (const id of [textAt(1), textAt(2)]) await store.rewrite(ROMEO, id, "<gone/>");
  const besides = async (archive: string) => (
    (await knownPage(store, {}, { archive })).entries.map(({ stanza, beside }) => [stanza, beside])
  );
  assertEquals(await besides(ROMEO), [["<gone/>", "alone"], ["<gone/>", "of both"]]);
  assertEquals(await besides(JULIET), [["<message id='2'/>", "of both"]]);
});

test("rewrite() may be repeated, and the message handed over again changes nothing", async (store) => {
  await store.append([conversationAt(1)]);
  for (const stanza of ["<one/>", "<one/>", "<two/>"]) {
    assertEquals(await store.rewrite(ROMEO, textAt(1), stanza), true);
  }
  await store.append([conversationAt(1)]);
  assertEquals(await stanzas(store, ROMEO), ["<two/>"]);
  assertEquals(await stanzas(store, JULIET), ["<message id='1'/>"]);
});

test("rewrite() is false for what is not there", async (store) => {
  assertEquals(await store.rewrite(ROMEO, textAt(1), "<gone/>"), false);
  await store.append([messageAt(1)]);
  for (const [archive, id] of [[ROMEO, textAt(2)], [JULIET, textAt(1)], [ROMEO, "no such id"]] as const) {
    assertEquals(await store.rewrite(archive, id, "<gone/>"), false);
  }
  assertEquals(await stanzas(store, ROMEO), ["<message id='1'/>"]);
});

test("rewrite() finds entries from elsewhere, and rejects what cannot be kept", async (store) => {
  const whole = { id: "one", time: START, stanza: "<message/>", with: JULIET, resource: "" };
  await store.adopt(ROMEO, [whole]);
  await assertRejects(() => store.rewrite(ROMEO, "one", "\0"), UnkeepableError);
  assertEquals(await store.rewrite(ROMEO, "one", "<gone/>"), true);
  assertEquals(await stanzas(store, ROMEO), ["<gone/>"]);
});

test("an entry that was rewritten goes like any other", async (store) => {
  await store.append([conversationAt(1), conversationAt(1_000_000), messageAt(2_000_000)]);
  await store.rewrite(JULIET, textAt(1, 1), "<gone/>");
  await store.rewrite(ROMEO, textAt(1_000_000), "<gone/>");
  assertEquals(await store.forget(ROMEO, [textAt(1_000_000)]), 1);
  while ((await store.expire(START + 500_000, 1)).more);
  assertEquals(await stanzas(store, ROMEO), ["<message id='2000000'/>"]);
  assertEquals(await stanzas(store, JULIET), ["<message id='1000000'/>"]);
  assertEquals(await store.deleteArchive(JULIET), 1);
});

test("rewrite() holds where a sweep is under way", async (store) => {
  for (let at = 0; at < 6; at++) await store.append([conversationAt(at)]);
  await store.expire(START + 4, 3);
  const first = (await store.extent(JULIET))?.first.id ?? textAt(5, 1);
  await store.rewrite(JULIET, first, "<gone/>");
  while ((await store.expire(START + 4, 3)).more);
  assertEquals(await stanzas(store, ROMEO), ["<message id='4'/>", "<message id='5'/>"]);
  assertEquals((await stanzas(store, JULIET)).length, 2);
});
