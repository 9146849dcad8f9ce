/** Tests that every kind of store answers as a plain array would, whatever happens in whatever order. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import type { ArchiveStore, Expired, Filter, NewMessage, Paging, WholeEntry } from "./archive.ts";
import { EPOCH, firstNumberAt, formatArchiveId } from "./id.ts";
import { brokenRules } from "./sqlite/verify.ts";
import { Model, OWNERS } from "../../tests/support/store/model.ts";
import { type Kind, KINDS, type TestStore } from "../../tests/support/store/stores.ts";

const RESOURCES = ["", "orchard", "balcony"];

/** Hours pass between some ids and none between others: they share milliseconds, spans of 2^22 milliseconds, or neither. */
const MILLISECONDS = [0, 1, 2, 3, 2 ** 22 - 1, 2 ** 22, 5_000_001, 9_000_000, 13_000_000];

/** Sweeps in so many steps, or to the end. */
async function swept(
  run: () => Promise<Expired>,
  { limit, steps }: { readonly limit: number; readonly steps: number },
): Promise<Expired> {
  let entries = 0;
  let more = true;
  for (let step = 0; more && step < steps; step++) {
    const expired = await run();
    assertEquals(expired.entries <= limit, true);
    entries += expired.entries;
    more = expired.more;
  }
  return { entries, more };
}

interface Real {
  readonly opened: TestStore;
  readonly store: ArchiveStore;
}

type Command = fc.AsyncCommand<Model, Real>;

/** A command that is possible at any time. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

/** Ids count up with the clock, stand still, and now and then come from the past. */
const anyNumber = fc.tuple(fc.constantFrom(...MILLISECONDS), fc.constantFrom(0, 1, 2, 4095)).map(([ms, counter]) =>
  ms * 4096 + counter
);
const anyOwner = fc.constantFrom(...OWNERS);
const anyEntry = fc.record({
  archive: anyOwner,
  id: anyNumber.map((number) => ({ number, random: BigInt(number * 31) })),
  with: anyOwner,
  resource: fc.constantFrom(...RESOURCES),
});
const anyPosition = fc.record({
  archive: anyOwner,
  id: anyNumber.map((number) => ({ number, random: BigInt(number * 31) })),
});
const anyTime = fc.tuple(fc.constantFrom(...MILLISECONDS), fc.integer({ min: -1, max: 2 })).map(([ms, off]) =>
  EPOCH + ms + off
);
const anyMessage: fc.Arbitrary<NewMessage> = fc.record({
  time: anyTime,
  stanza: fc.constantFrom("<a/>", "<b/>", "<c/>"),
  places: fc.oneof(
    { weight: 4, arbitrary: fc.record({ entries: fc.array(anyEntry, { minLength: 1, maxLength: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ entries: fc.tuple(anyEntry), positions: fc.tuple(anyPosition) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        entries: fc.constant<NewMessage["entries"]>([]),
        positions: fc.array(anyPosition, { minLength: 1, maxLength: 2 }),
      }),
    },
  ),
}).map(({ places, ...rest }) => ({ ...rest, ...places } satisfies NewMessage)).map((message) => ({
  ...message,
  // Most messages are received when their number says.
  time: message.time % 2 === 0 ? EPOCH + Math.floor((message.entries[0]?.id.number ?? 0) / 4096) : message.time,
}));

/** Few, so that they are met again. */
const anyForeignId = fc.constantFrom("1", "2", "1669154400000000", "c4b4c8a6-0000-4000-8000-000000000000", "é'\"");
/** Some are older than the epoch, where numbers are negative. */
const anyForeignTime = fc.oneof(anyTime, anyTime.map((time) => time - 6_000_000));
const anyWhole: fc.Arbitrary<WholeEntry> = fc.record({
  id: anyForeignId,
  time: anyForeignTime,
  stanza: fc.constantFrom("<a/>", "<b/>"),
  with: anyOwner,
  resource: fc.constantFrom(...RESOURCES),
});

/** An id that is likely to be held, or not. */
const anyId = fc.oneof(
  { weight: 8, arbitrary: anyNumber.map((number) => formatArchiveId({ number, random: BigInt(number * 31) })) },
  { weight: 4, arbitrary: anyForeignId },
  { weight: 1, arbitrary: fc.constant("no such id") },
);
/** Present once in so many times: a query with every filter at once would never match. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, times = 3) => (
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
);
const anyFilter: fc.Arbitrary<Filter> = fc.record({
  with: maybe(anyOwner, 2),
  resource: maybe(fc.constantFrom(...RESOURCES)),
  start: maybe(anyTime),
  end: maybe(anyTime),
  afterId: maybe(anyId, 8),
  beforeId: maybe(anyId, 8),
  ids: maybe(fc.array(anyId, { maxLength: 4 }), 8),
}).map(withoutUndefined);
const anyPaging: fc.Arbitrary<Paging> = fc.record({
  max: fc.integer({ min: 1, max: 5 }),
  after: maybe(anyId),
  before: maybe(fc.oneof(anyId, fc.constant(""))),
}).map(withoutUndefined);

function withoutUndefined<T extends object>(record: T): never {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never;
}

const page: fc.Arbitrary<Command> = fc.tuple(anyOwner, anyFilter, anyPaging).map(([archive, filter, paging]) => (
  command(`page ${JSON.stringify([archive, filter, paging])}`, async (model, { store }) => {
    const expected = model.page(archive, filter, paging);
    const page = await store.page(archive, filter, paging);
    if ("unknown" in page || typeof expected === "string") {
      assertEquals("unknown" in page, typeof expected === "string");
      return;
    }
    assertEquals(page.entries, expected.rows.map(({ id, time, stanza }) => ({ id, time, stanza })));
    assertEquals(page.complete, expected.complete);
    const matching = model.matching(archive, filter);
    if (page.count !== undefined) assertEquals(page.count, matching.length);
    if (page.index !== undefined && typeof matching !== "string") {
      assertEquals(page.index, matching.findIndex(({ id }) => id === page.entries[0]?.id));
    }
  })
));

const count: fc.Arbitrary<Command> = fc.tuple(anyOwner, anyFilter).map(([archive, filter]) => (
  command(`count ${JSON.stringify([archive, filter])}`, async (model, { store }) => {
    const matching = model.matching(archive, filter);
    const count = await store.count(archive, filter);
    if (typeof matching === "string") assertEquals(typeof count, "object");
    else assertEquals(count, matching.length);
  })
));

const others: fc.Arbitrary<Command>[] = [
  fc.array(anyMessage, { maxLength: 12 }).map((batch): Command => ({
    check: (model) => !model.collides(batch),
    async run(model, { store }): Promise<void> {
      await store.append(batch);
      model.append(batch);
      assertEquals(store.newestNumber, model.newest);
    },
    toString: () => `append ${batch.length}`,
  })),
  fc.tuple(anyOwner, fc.array(anyWhole, { maxLength: 8 }), maybe(anyId)).map(([archive, entries, after]) => (
    command(`adopt ${JSON.stringify([archive, entries, after])}`, async (model, { store }) => {
      const added = model.adopt(archive, entries, after);
      assertEquals(await store.adopt(archive, entries, after), { added, held: entries.length - added });
      assertEquals(store.newestNumber, model.newest);
    })
  )),
  anyOwner.map((archive) => (
    command(`entries ${archive}`, async (model, { store }) => {
      const own = model.rows.filter((row) => row.archive === archive);
      assertEquals(
        await Array.fromAsync(store.entries(archive)),
        own.map(({ id, time, stanza, peer, resource }) => ({ id, time, stanza, with: peer, resource })),
      );
    })
  )),
  anyOwner.map((archive) => (
    command(`extent ${archive}`, async (model, { store }) => {
      const own = model.rows.filter((row) => row.archive === archive);
      const extent = await store.extent(archive);
      assertEquals([extent?.first.id, extent?.first.time], [own.at(0)?.id, own.at(0)?.time]);
      assertEquals([extent?.last.id, extent?.last.time], [own.at(-1)?.id, own.at(-1)?.time]);
    })
  )),
  fc.tuple(
    fc.constantFrom("montague.example", "capulet.example"),
    fc.constantFrom("", ...OWNERS),
    fc.integer({ min: 1, max: 3 }),
  )
    .map(([domain, after, limit]) => (
      command(`owners ${domain} ${after} ${limit}`, async (model, { store }) => {
        const all = new Set([...model.rows, ...model.positions].map(({ archive }) => archive));
        const following = [...all].filter((owner) => owner > after && owner.endsWith(`@${domain}`)).sort();
        assertEquals(await store.owners(domain, after, limit), following.slice(0, limit));
      })
    )),
  fc.record({
    before: fc.oneof(anyTime, fc.constant(Infinity)),
    limit: fc.integer({ min: 1, max: 6 }),
    steps: fc.constantFrom(1, 2, Infinity),
  }).map(({ before, limit, steps }) => (
    command(`expire ${before} ${limit} ${steps}`, async (model, { store }) => {
      const { entries, more } = await swept(() => store.expire(before, limit), { limit, steps });
      model.swept = Math.max(model.swept, before);
      await model.lose(store, {
        entries,
        more,
        due: model.rows.filter(({ number }) => number < firstNumberAt(before)),
      });
      await model.losePositions(store, ({ number }) => number < firstNumberAt(before));
      if (!more) assertEquals(model.positions.filter(({ number }) => number < firstNumberAt(before)), []);
    })
  )),
  fc.record({
    keep: fc.integer({ min: 1, max: 8 }),
    limit: fc.integer({ min: 1, max: 6 }),
    steps: fc.constantFrom(1, Infinity),
  }).map(({ keep, limit, steps }) => (
    command(`trim ${keep} ${limit} ${steps}`, async (model, { store }) => {
      const { entries, more } = await swept(() => store.trim(keep, limit), { limit, steps });
      const due = OWNERS.flatMap((owner) => model.rows.filter(({ archive }) => archive === owner).slice(0, -keep));
      await model.lose(store, { entries, more: more || model.untrimmed, due });
      model.untrimmed = more;
      await model.losePositions(store, ({ archive, number }) => {
        const oldest = model.rows.find((row) => row.archive === archive);
        const newest = model.positions.filter((place) => place.archive === archive).slice(-keep);
        return number < (oldest?.number ?? -Infinity) || !newest.some((place) => place.number === number);
      });
      if (more) return;
      for (const owner of OWNERS) assertEquals((await store.positions(owner, -1, keep + 1)).length <= keep, true);
    })
  )),
  fc.tuple(anyOwner, fc.array(anyId, { maxLength: 6 })).map(([archive, ids]) => (
    command(`forget ${JSON.stringify([archive, ids])}`, async (model, { store }) => {
      const gone = model.rows.filter((row) => row.archive === archive && ids.includes(row.id));
      assertEquals(await store.forget(archive, ids), gone.length);
      model.rows = model.rows.filter((row) => !gone.includes(row));
      model.positions = model.positions.filter((place) => place.archive !== archive || !ids.includes(place.id));
    })
  )),
  fc.tuple(anyOwner, anyId, fc.constantFrom("<a/>", "<d/>")).map(([archive, id, stanza]) => (
    command(`rewrite ${archive} ${id} ${stanza}`, async (model, { store }) => {
      const named = model.rows.find((row) => row.archive === archive && row.id === id);
      assertEquals(await store.rewrite(archive, id, stanza, { overwrite: true }), named !== undefined);
      model.rows = model.rows.map((row) => row === named ? { ...row, stanza } : row);
    })
  )),
  fc.record({ before: fc.oneof(anyTime, fc.constant(-Infinity)), keep: fc.constantFrom(1, 3, Infinity) }).map((
    { before, keep },
  ) => (
    command(`survey, due ${before} ${keep}`, async (model, { store }) => {
      const { archives, entries } = await store.survey();
      const held = OWNERS.map((owner) => model.rows.filter(({ archive }) => archive === owner));
      assertEquals({ archives, entries }, {
        archives: held.filter(({ length }) => length > 0).length,
        entries: model.rows.length,
      });
      const left = held.map((rows) => rows.filter(({ number }) => number >= firstNumberAt(before)).length);
      assertEquals(await store.due(before, keep), {
        expired: model.rows.length - left.reduce((sum, rows) => sum + rows, 0),
        beyond: left.reduce((sum, rows) => sum + Math.max(0, rows - keep), 0),
      });
    })
  )),
  anyOwner.map((archive) => (
    command(`deleteArchive ${archive}`, async (model, { store }) => {
      const own = model.rows.filter((row) => row.archive === archive);
      assertEquals(await store.deleteArchive(archive), own.length);
      model.rows = model.rows.filter((row) => row.archive !== archive);
      model.positions = model.positions.filter((place) => place.archive !== archive);
    })
  )),
  fc.tuple(anyOwner, anyNumber, fc.integer({ min: 1, max: 3 })).map(([archive, after, limit]) => (
    command(`positions ${archive} ${after} ${limit}`, async (model, { store }) => {
      const following = model.positions.filter((place) => place.archive === archive && place.number > after);
      const found = await store.positions(archive, after, limit);
      assertEquals(found.map(formatArchiveId), following.slice(0, limit).map(({ id }) => id));
    })
  )),
];

async function play(kind: Kind, sequence: Iterable<Command>): Promise<void> {
  await using opened = await kind.open();
  const model = new Model();
  await fc.asyncModelRun(() => ({ model, real: { opened, store: opened.store } }), sequence);
  if (opened.path === undefined) return;
  while ((await opened.store.expire(model.swept, 100)).more);
  using db = new DatabaseSync(opened.path, { readOnly: true });
  assertEquals(brokenRules(db), []);
}

for (const kind of KINDS) {
  Deno.test(`a store answers as an array would (${kind.name})`, async () => {
    const anySequence = fc.commands([...others, page, page, page, count], { maxCommands: 60, size: "max" });
    await fc.assert(fc.asyncProperty(anySequence, (sequence) => play(kind, sequence)), { numRuns: 100 });
  });
}
