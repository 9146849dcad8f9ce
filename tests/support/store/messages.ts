/**
 * Messages for tests of stores.
 *
 * @module
 */
import type { ArchiveStore, Filter, NewEntry, NewMessage, Page, Paging } from "../../../src/store/archive.ts";
import { type ArchiveId, EPOCH, firstNumberAt, formatArchiveId } from "../../../src/store/id.ts";

export const ROMEO = "romeo@montague.example";
export const JULIET = "juliet@capulet.example";
export const NURSE = "nurse@capulet.example";

/** Times in tests count from here, in milliseconds since 1970. */
export const START = EPOCH + 1_000_000;

/** An id whose number is due at `START` + `millisecond`. */
export function idAt(millisecond: number, counter = 0): ArchiveId {
  return { number: firstNumberAt(START + millisecond) + counter, random: BigInt(millisecond * 7919 + counter) };
}

/** The text of that id. */
export function textAt(millisecond: number, counter = 0): string {
  return formatArchiveId(idAt(millisecond, counter));
}

/** Place of a message; by default Romeo's archive, with Juliet. */
export type Place = Partial<NewEntry>;

/** A message received at `START` + `millisecond`, with an entry for each place, which are counted up within it. */
export function messageAt(millisecond: number, ...places: readonly Place[]): NewMessage {
  return {
    time: START + millisecond,
    stanza: `<message id='${millisecond}'/>`,
    entries: (places.length > 0 ? places : [{}]).map((place, counter) => (
      { archive: ROMEO, id: idAt(millisecond, counter), with: JULIET, resource: "", ...place }
    )),
  };
}

/** A message from Romeo to Juliet, archived for both. */
export function conversationAt(millisecond: number): NewMessage {
  return messageAt(millisecond, { archive: ROMEO, with: JULIET }, {
    archive: JULIET,
    with: ROMEO,
    resource: "orchard",
  });
}

/** Ten messages of Romeo's, 10 ms apart, those at even tens with the nurse. */
export function tenEntries(): NewMessage[] {
  return Array.from({ length: 10 }, (_, ten) => messageAt(10 * ten, { with: ten % 2 === 0 ? NURSE : JULIET }));
}

/** A page that must not be refused for an unknown id. */
export async function knownPage(
  store: ArchiveStore,
  filter: Filter,
  { archive = ROMEO, max = 10, ...paging }: Partial<Paging> & { readonly archive?: string } = {},
): Promise<Page> {
  const page = await store.page(archive, filter, { max, ...paging });
  if ("unknown" in page) throw new Error(`Cannot show the page: the id "${page.unknown}" is unknown`);
  return page;
}

/** The same with its entries told by their milliseconds, which their stanzas say. */
export async function pageOf(...query: Parameters<typeof knownPage>): Promise<Told> {
  const { entries, ...rest } = await knownPage(...query);
  return { at: entries.map(({ stanza }) => Number(/\d+/.exec(stanza))), ...rest };
}

/** A page as tests tell it. */
export interface Told extends Omit<Page, "entries"> {
  readonly at: readonly number[];
}
