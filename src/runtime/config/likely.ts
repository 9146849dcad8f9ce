/**
 * Finds what somebody meant.
 *
 * @module
 */
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * The known name that a misspelt one stands for, if one is near enough: a name that only lacks its table, or has another's,
 * is near; else one letter in three may be wrong.
 */
export function likely(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const misplaced = names.find((each) => lastPart(each) === lastPart(name));
  if (misplaced !== undefined) return misplaced;
  const [nearest] = names
    .map((each) => ({ each, distance: levenshteinDistance(name, each) }))
    .sort((a, b) => a.distance - b.distance);
  return nearest && nearest.distance <= Math.max(1, name.length / 3) ? nearest.each : undefined;
}

function lastPart(name: string): string | undefined {
  return name.split(".").at(-1);
}
