/**
 * Ids of the form that Annals gives its own, as stores look for them: by the number, and then by the random half.
 *
 * @module
 */
import { type ArchiveId, parseArchiveId } from "./id.ts";

/** An id with its text. */
export interface OwnId extends ArchiveId {
  readonly text: string;
}

/** Row of a database with both halves of an id: the random one is kept as a signed integer. */
export interface IdRow {
  readonly number: number | bigint;
  readonly random: string | bigint;
}

/** Reads an id out of a row. */
export function idOf({ number, random }: IdRow): ArchiveId {
  return { number: Number(number), random: BigInt.asUintN(64, BigInt(random)) };
}

/** Reads those ids that have that form; others are left out. */
export function ownIds(texts: readonly string[]): OwnId[] {
  return texts.flatMap((text) => {
    const id = parseArchiveId(text);
    return id === undefined ? [] : [{ text, ...id }];
  });
}

/** Numbers of those ids that are among the found ones with both halves, by their texts. */
export function numbersAmong(found: readonly ArchiveId[], ids: readonly OwnId[]): Map<string, number> {
  const randoms = new Map(found.map(({ number, random }) => [number, random]));
  return new Map(ids.filter(({ number, random }) => randoms.get(number) === random).map((id) => [id.text, id.number]));
}
