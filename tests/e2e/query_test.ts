import { assertEquals } from "@std/assert";
import { type Archived, archivePage, type ArchiveQuery, NS_MAM, wholeArchive } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import { onEachServer } from "./stage.ts";

const TOTAL = 120;

/** `max_archive_query_results`, by default. */
const LARGEST_PAGE = 50;

/** Alice's archive: 120 messages, of which this many thirds go to Bob, come from Bob, go to Carol. */
onEachServer("an archive of 120 messages answers queries", async (stage, t) => {
  const alice = await stage.enter("alice", { resource: "1" });
  const bob = await stage.enter("bob", { resource: "1" });
  await converse(alice, bob);
  const all = await wholeArchive(alice);
  assertEquals(all.map(({ body }) => body), Array.from({ length: TOTAL }, (_, i) => `message ${i}`));

  await t.step("§3.3 every id is unique and of the same form", () => {
    assertEquals(new Set(all.map(({ id }) => id)).size, TOTAL);
    assertEquals(all.filter(({ id }) => !/^[\w-]{22}$/.test(id)), []);
  });
  for (const [name, query, expected] of filters(all)) {
    await t.step(`§4.1 ${name}`, async () => assertEquals(indices(await wholeArchive(alice, query)), expected));
  }
  for (const max of [1, 7, 50, TOTAL]) {
    await t.step(`§4.3 forward, ${max} a page`, () => forward(alice, max));
    await t.step(`§4.3 backward, ${max} a page`, () => backward(alice, max));
  }
  for (const [name, query, expected] of pages(all)) {
    await t.step(`§4.3 ${name}`, async () => {
      const { messages, complete, first, last } = await archivePage(alice, query);
      const found = indices(messages);
      assertEquals({ found, complete }, expected);
      const sorted = [...found].sort((a, b) => a - b);
      assertEquals([first, last], [sorted.at(0), sorted.at(-1)].map((index) => all[index ?? -1]?.id));
    });
  }
  for (const [name, query, expected] of refusals(all)) {
    await t.step(`${name}: ${expected}`, async () => {
      const { messages, error } = await archivePage(alice, query);
      assertEquals({ found: messages.length, error }, { found: 0, error: expected });
    });
  }
  await t.step("§5 metadata tells the two ends", async () => {
    const metadata = (await alice.request("get", `<metadata xmlns='${NS_MAM}'/>`)).getChild("metadata", NS_MAM);
    const ends = ["start", "end"].map((name) => ({ ...metadata?.getChild(name)?.attrs }));
    assertEquals(ends, [all.at(0), all.at(-1)].map((end) => ({ id: end?.id, timestamp: end?.stamp })));
  });
  await t.step("nothing came late or unasked", async () => {
    await alice.settle();
    assertEquals(alice.pending.filter((stanza) => stanza.getChild("result", NS_MAM) !== undefined), []);
  });
});

async function converse(alice: Client, bob: Client): Promise<void> {
  for (let i = 0; i < TOTAL; i++) {
    const [speaker, to] = ([[alice, "bob"], [bob, "alice"], [alice, "carol"]] as const)[i % 3] ?? [alice, ""];
    await speaker.send(`<message to='${to}@example.test' type='chat'><body>message ${i}</body></message>`);
    await speaker.settle();
  }
}

type Row<T> = readonly [name: string, query: ArchiveQuery, expected: T];

function filters(all: readonly Archived[]): Row<readonly number[]>[] {
  const every = all.map((_, i) => i);
  const id = (index: number): string => all[index]?.id ?? "";
  const stamp = (index: number): string => all[index]?.stamp ?? "";
  const from = (index: number): number[] => every.filter((i) => stamp(i) >= stamp(index));
  const until = (index: number): number[] => every.filter((i) => stamp(i) <= stamp(index));
  return [
    ["without a form", {}, every],
    ["a form that asks for nothing", { form: {} }, every],
    ["with a bare JID", { form: { with: "bob@example.test" } }, every.filter((i) => i % 3 !== 2)],
    ["with the other bare JID", { form: { with: "carol@example.test" } }, every.filter((i) => i % 3 === 2)],
    ["with a full JID", { form: { with: "bob@example.test/1" } }, every.filter((i) => i % 3 === 1)],
    ["with another resource", { form: { with: "bob@example.test/2" } }, []],
    ["with oneself", { form: { with: "alice@example.test" } }, []],
    ["with a stranger", { form: { with: "nobody@example.test" } }, []],
    ["start", { form: { start: stamp(60) } }, from(60)],
    ["end", { form: { end: stamp(60) } }, until(60)],
    ["start and end", { form: { start: stamp(40), end: stamp(80) } }, from(40).filter((i) => until(80).includes(i))],
    ["start in the future", { form: { start: "2099-01-01T00:00:00Z" } }, []],
    ["end in the past", { form: { end: "2010-08-07T00:00:00Z" } }, []],
    ["start with an offset", { form: { start: "2020-01-01T00:00:00+02:00" } }, every],
    ["before-id", { form: { "before-id": id(5) } }, [0, 1, 2, 3, 4]],
    ["after-id", { form: { "after-id": id(116) } }, [117, 118, 119]],
    ["before-id and after-id", { form: { "after-id": id(60), "before-id": id(64) } }, [61, 62, 63]],
    ["ids, in order of arrival", { form: { ids: [id(70), id(3), id(5)] } }, [3, 5, 70]],
    [
      "all at once",
      { form: { with: "carol@example.test", "after-id": id(60), end: stamp(119), "before-id": id(70) } },
      [
        62,
        65,
        68,
      ],
    ],
  ];
}

function pages(all: readonly Archived[]): Row<{ found: number[]; complete: boolean }>[] {
  const id = (index: number): string => all[index]?.id ?? "";
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return [
    ["without a size: a page of 50", {}, { found: range(0, 49), complete: false }],
    ["the last page", { page: { max: 3, before: "" } }, { found: [117, 118, 119], complete: false }],
    ["after the last message", { page: { after: id(119) } }, { found: [], complete: true }],
    ["before the first message", { page: { before: id(0) } }, { found: [], complete: true }],
    ["after, to the end exactly", { page: { max: 2, after: id(117) } }, { found: [118, 119], complete: true }],
    ["before, to the start exactly", { page: { max: 2, before: id(2) } }, { found: [0, 1], complete: true }],
    ["flipped", { page: { max: 3, after: id(9) }, flip: true }, { found: [12, 11, 10], complete: false }],
    ["flipped backward", { page: { max: 3, before: id(9) }, flip: true }, { found: [8, 7, 6], complete: false }],
    [
      "a page within a filter",
      { form: { with: "carol@example.test" }, page: { max: 2, after: id(60) } },
      { found: [62, 65], complete: false },
    ],
  ];
}

function refusals(all: readonly Archived[]): Row<string>[] {
  const [known = ""] = all.map(({ id }) => id);
  const unknown = `${known.slice(0, -2)}${known.endsWith("AA") ? "BB" : "AA"}`;
  return [
    ["§4.3.1 after an unknown id", { page: { after: unknown } }, "item-not-found"],
    ["§4.3.1 before an unknown id", { page: { before: unknown } }, "item-not-found"],
    ["§4.3.1 after what is no id at all", { page: { after: "no such id" } }, "item-not-found"],
    ["§4.1.3 an unknown before-id", { form: { "before-id": unknown } }, "item-not-found"],
    ["§4.1.3 an unknown after-id", { form: { "after-id": unknown } }, "item-not-found"],
    ["§4.1.3 an unknown id among known ones", { form: { ids: [known, unknown] } }, "item-not-found"],
    ["§4.1.5 an unknown field", { form: { colour: "red" } }, "feature-not-implemented"],
    ["a malformed time", { form: { start: "yesterday" } }, "bad-request"],
    ["a malformed JID", { form: { with: "@/" } }, "bad-request"],
    ["a negative size", { page: { max: -1 } }, "bad-request"],
  ];
}

/** Pages from the first message to the last, and notices the end. */
async function forward(client: Client, max: number): Promise<void> {
  const sizes: number[] = [];
  const found: number[] = [];
  let after: string | undefined;
  while (true) {
    const page = await archivePage(client, { page: { max, ...after !== undefined && { after } } });
    found.push(...indices(page.messages));
    sizes.push(page.messages.length);
    if (page.complete) break;
    after = page.last;
  }
  assertEquals(found, Array.from({ length: TOTAL }, (_, i) => i));
  assertEquals(sizes, pageSizes(max));
}

/** Pages from the last message to the first; within a page, the order is that of arrival. */
async function backward(client: Client, max: number): Promise<void> {
  const sizes: number[] = [];
  const found: number[] = [];
  let before = "";
  while (true) {
    const page = await archivePage(client, { page: { max, before } });
    found.unshift(...indices(page.messages));
    sizes.push(page.messages.length);
    if (page.complete) break;
    before = page.first ?? "";
  }
  assertEquals(found, Array.from({ length: TOTAL }, (_, i) => i));
  assertEquals(sizes, pageSizes(max));
}

function pageSizes(max: number): number[] {
  const size = Math.min(max, LARGEST_PAGE);
  const full = Math.floor(TOTAL / size);
  const rest = TOTAL % size;
  return [...Array(full).fill(size), ...rest === 0 ? [] : [rest]];
}

function indices(messages: readonly Archived[]): number[] {
  return messages.map(({ body }) => Number(body?.replace("message ", "")));
}
