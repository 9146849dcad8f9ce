/**
 * Finds what somebody meant.
 *
 * @module
 */
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * The known name that an unknown one stands for, if there is one: the same name in another table, a name with one letter
 * in three wrong at most, or one that goes on where the unknown one ends.
 */
export function likely(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const word = lastPart(name);
  const [nearest] = names
    .map((each) => ({ each, distance: levenshteinDistance(name, each) }))
    .filter(({ distance }) => distance <= Math.ceil(word.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return names.find((each) => lastPart(each) === word) ??
    nearest?.each ??
    (word.length < 3 ? undefined : names.find((each) => each.startsWith(name)));
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
