/**
 * Rounds in which one subject is measured after the other.
 *
 * @module
 */

/**
 * The subjects, round after round, every other one the other way about: none is always the one that comes after the busiest.
 * Says which it is.
 */
export function* inTurn<S extends { readonly name: string }>(
  subjects: readonly S[],
  rounds: number,
  say: (line: string) => void,
): Generator<S> {
  for (let round = 1; round <= rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects.toReversed() : subjects) {
      say(`round ${round} of ${rounds}: ${subject.name}`);
      yield subject;
    }
  }
}
