import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Request } from "../../runtime/plugin.ts";
import type { ArchiveStore } from "../../store/archive.ts";
import { formatArchiveId } from "../../store/id.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { readXml } from "../../../tests/support/codec.ts";
import type { ArchiveQuery, Fin } from "../../wire/xep0313.ts";
import type { ResultSetRequest } from "../../wire/xep0059.ts";
import type { Element } from "../../xml/element.ts";
import { serialize } from "../../xml/writer.ts";
import { Jid } from "../../xmpp/jid.ts";
import { answerQuery } from "./query.ts";

const ALICE = "alice@a.test";

/** Store with Alice's messages, one to each of these. */
async function archiveOf(peers: readonly string[]): Promise<ArchiveStore> {
  const store = openMemoryStore();
  await store.append(peers.map((peer, index) => ({
    time: index,
    stanza: `<message xmlns="jabber:client" to="${peer}"/>`,
    entries: [{ archive: ALICE, id: { number: index + 1, random: 0n }, with: peer, resource: "" }],
  })));
  return store;
}

/** Asks for a page; says what was sent ahead of the answer, and the answer. */
async function ask(
  store: ArchiveStore,
  query: Partial<ArchiveQuery>,
  { limit = 50, settled = true, behind = false } = {},
): Promise<{ ids: string[]; fin: Fin }> {
  const ids: string[] = [];
  const request: Request = {
    from: Jid.parse(`${ALICE}/x`),
    to: Jid.parse(ALICE),
    id: "q",
    behind,
    push: (results: readonly Element[]) => {
      ids.push(...results.map((result) => readXml(serialize(result)).attrs.id ?? ""));
      return Promise.resolve();
    },
  };
  const fin = await answerQuery({ flip: false, set: {}, ...query }, request, {
    store,
    settled: () => Promise.resolve(settled),
    options: { max_archive_query_results: limit },
  });
  return { ids, fin };
}

/** Asks for page after page, from either end, until one is complete. */
async function readAll(
  store: ArchiveStore,
  query: Partial<ArchiveQuery>,
  { max, limit, backward }: { max: number; limit: number; backward: boolean },
): Promise<string[]> {
  const pages: string[][] = [];
  let position: ResultSetRequest = backward ? { before: "" } : {};
  while (true) {
    const { ids, fin } = await ask(store, { ...query, set: { max, ...position } }, { limit });
    assert(ids.length <= Math.min(max, limit));
    assertEquals([fin.set.first?.id, fin.set.last], [ids.at(0), ids.at(-1)]);
    if (backward) pages.unshift(ids);
    else pages.push(ids);
    const edge = backward ? ids.at(0) : ids.at(-1);
    if (fin.complete || edge === undefined) return pages.flat();
    position = backward ? { before: edge } : { after: edge };
  }
}

Deno.test("answerQuery() page by page, from either end, gives what matches, once and in order (XEP-0313 §4.3)", async () => {
  const peers = ["bob@b.test", "carol@c.test", "dave@d.test"];
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom(...peers), { maxLength: 30 }),
    fc.option(fc.constantFrom(...peers), { nil: undefined }),
    fc.record({ max: fc.integer({ min: 1, max: 8 }), limit: fc.integer({ min: 1, max: 8 }), backward: fc.boolean() }),
    async (written, wanted, paging) => {
      const store = await archiveOf(written);
      const query = wanted === undefined ? {} : { with: Jid.parse(wanted) };
      const expected = written.flatMap((peer, index) => (
        wanted === undefined || peer === wanted ? [formatArchiveId({ number: index + 1, random: 0n })] : []
      ));
      assertEquals(await readAll(store, query, paging), expected);
      assertEquals((await ask(store, { ...query, set: { max: 0 } })).fin.set.count, expected.length);
    },
  ));
});

Deno.test("answerQuery() says that results are not stable while the store or the server is behind (XEP-0313 §4.3.2)", async () => {
  const store = await archiveOf(["bob@b.test"]);
  assertEquals((await ask(store, {}, { settled: false })).fin.stable, false);
  assertEquals((await ask(store, { set: { max: 0 } }, { settled: false })).fin.stable, false);
  assertEquals((await ask(store, {}, { behind: true })).fin.stable, false);
  assertEquals((await ask(store, {})).fin.stable, undefined);
  const page = store.page.bind(store);
  store.page = async (...query) => ({ ...await page(...query), stable: false });
  assertEquals((await ask(store, {})).fin.stable, false);
});
