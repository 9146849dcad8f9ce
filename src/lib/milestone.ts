/**
 * When to log what anybody can cause as often as they like.
 *
 * @module
 */

/** True when a count is worth a line: the first, the second, the fourth and so on, so that nobody can fill the log. */
export function isMilestone(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
