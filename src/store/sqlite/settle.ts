import type { Writer } from "./writer.ts";

const END = { archive: Number.MAX_SAFE_INTEGER, number: 0 };

const SLICE = "recent WHERE (archive, number) >= (?, ?) AND (archive, number) < (?, ?)";

const COUNT = `
  UPDATE archive SET settled = settled + rows
  FROM (SELECT archive AS which, count(*) AS rows FROM ${SLICE} GROUP BY archive) WHERE id = which`;

/**
 * Moves entries from `recent` to `entry` until `recent` is small enough, within the caller's transaction: archive after archive
 * and then round again. A slice has all that an archive has received since its last turn, so each page of `entry` that it
 * dirties takes many rows; were the oldest moved first, each would take one.
 */
export function settle(writer: Writer): void {
  const { state, settling, limits: { recentEntries, settledEntries } } = writer;
  while (state.recents > recentEntries) {
    const from = settling.at;
    const to = writer.get<typeof from>(
      "SELECT archive, number FROM recent WHERE (archive, number) >= (?, ?) ORDER BY archive, number LIMIT 1 OFFSET ?",
      from.archive,
      from.number,
      settledEntries,
    );
    const end = to ?? END;
    const slice = [from.archive, from.number, end.archive, end.number];
    writer.run(COUNT, ...slice);
    writer.run(`INSERT INTO entry SELECT * FROM ${SLICE}`, ...slice);
    state.recents -= writer.run(`DELETE FROM ${SLICE}`, ...slice);
    if (to === undefined) settling.discard();
    else settling.at = to;
  }
}
