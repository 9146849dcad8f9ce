/**
 * Archives of all kinds, for tests of properties.
 *
 * @module
 */
import fc from "fast-check";
import { xml } from "../../../src/xml/element.ts";
import { serialize } from "../../../src/xml/writer.ts";
import type { EntryItem, PreferencesItem } from "../../../src/transfer/item.ts";
import { firstNumberAt, formatArchiveId } from "../../../src/store/id.ts";

export const HOSTS: readonly string[] = ["capulet.example", "montague.example"];

/** When the tests take place, in milliseconds since 1970. */
export const NOW = Date.UTC(2026, 10, 22);

const USERS = ["juliet@capulet.example", "nurse@capulet.example", "romeo@montague.example"];

/** Any text that XML can hold. */
const anyText = fc.string({
  unit: fc.constantFrom("a", "<", "&", ">", '"', "'", "]]>", "\n", "\r", "\t", " ", "é", "\u{1f427}"),
});

const anyStanza = fc.record({
  from: fc.constantFrom(...USERS),
  to: fc.constantFrom(...USERS),
  id: anyText,
  body: anyText,
})
  .map(({ from, to, id, body }) => (
    serialize(xml("message", { from: `${from}/r`, to, id, xmlns: "jabber:client" }, xml("body", {}, body)))
  ));

/** Equal times, and a clock that runs back, occur. */
const anyTime = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -900_000_000_000, max: 0 })).map((ms) =>
  NOW - 10 + ms
);

const anyEntry = fc.record({
  time: anyTime,
  stanza: anyStanza,
  with: fc.constantFrom(...USERS, "verona.example"),
  resource: fc.constantFrom("", "balcony", "o'clock /\u{1f427}"),
  own: fc.boolean(),
});

const anyArchive = fc.array(anyEntry, { maxLength: 12 });

const anyPreferences = fc.record({
  default: fc.constantFrom("always" as const, "never" as const, "roster" as const),
  always: fc.uniqueArray(fc.constantFrom("a@x.example", "b@x.example/r")),
  never: fc.uniqueArray(fc.constantFrom("c@x.example", "d.example")),
});

/** Items of an export of some users, in order, with ids of Annals and of others. */
export const anyArchives: fc.Arbitrary<AsyncIterable<EntryItem | PreferencesItem>> = fc
  .tuple(...USERS.map(() => fc.tuple(anyArchive, fc.option(anyPreferences, { nil: undefined }))))
  .map((all) => all.flatMap(([entries, preferences], index) => itemsOf(USERS[index] ?? "", entries, preferences)))
  .map((items) => ({
    async *[Symbol.asyncIterator](): AsyncGenerator<EntryItem | PreferencesItem> {
      yield* items;
    },
  }));

type Drawn = typeof anyEntry extends fc.Arbitrary<infer T> ? T : never;

function itemsOf(
  owner: string,
  entries: readonly Drawn[],
  preferences: PreferencesItem["preferences"] | undefined,
): (EntryItem | PreferencesItem)[] {
  let newest = -Infinity;
  const kept = entries.map(({ own, ...entry }, index): EntryItem => {
    const number = newest = Math.max(newest + 1, firstNumberAt(entry.time));
    const id = own && number >= 0 ? formatArchiveId({ number, random: BigInt(index) }) : `id ${index}`;
    return { kind: "entry", owner, entry: { id, ...entry } };
  });
  return preferences === undefined ? kept : [{ kind: "preferences", owner, preferences }, ...kept];
}
