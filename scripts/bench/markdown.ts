/**
 * Tables of a run for the documentation.
 *
 * @module
 */
import { figure, ratio } from "./report.ts";
import type { Run } from "./run.ts";
import { type Outcome, seriesOf } from "./scenario.ts";
import { ratios, spread } from "./statistics.ts";
import type { Judgement } from "./targets.ts";

/** Significant digits of a ratio. */
const DIGITS = 2;

/** The quantities shown, and what they are called there. */
const ROWS: readonly (readonly [quantity: string, words: string])[] = [
  ["messages a second", "messages a second"],
  ["CPU of the server a message", "CPU of the server a message"],
  ["CPU of all a message", "CPU of the server and Annals a message"],
  ["on disk a message, in both archives", "on disk a message"],
  ...["10 thousand", "200 thousand"].flatMap((length) => [
    [`time for a page of an archive of ${length}, p50`, `a page of 50 of ${length}`] as const,
    [`CPU of the server a page of an archive of ${length}`, `CPU of the server for it`] as const,
  ]),
  ...["nobody", "somebody with an archive of 10 thousand", "somebody with an archive of 200 thousand"].flatMap((who) =>
    ["p50", "p99"].map((p) => (
      [
        `time of a message while ${who} scrolls back, ${p}`,
        `a message's way while ${who.replace("an archive of ", "")} scrolls back, ${p}`,
      ] as const
    ))
  ),
];

const SERVERS = [["end-to-end-prosody", "Prosody"], ["end-to-end-ejabberd", "ejabberd"]] as const;

/** Tables of the servers, with Annals beside their own archives, and of what was to be reached. */
export function markdown({ time, quick, machine, outcomes, targets }: Run): string {
  const tables = SERVERS.flatMap(([scenario, server]) => {
    const outcome = outcomes[scenario];
    return outcome === undefined || "failure" in outcome ? [] : [comparison(server, outcome)];
  });
  const where = `Deno ${machine.deno}, ${machine.cpus} cores, ${time.slice(0, 10)}${quick ? ", `--quick`" : ""}`;
  return [
    ...tables,
    targetTable(targets),
    `Medians of the rounds, and their least and most; ${where}.`,
  ].join("\n\n");
}

/** A column a subject; the baseline's figures are plain, the others' have their ratio to it. */
function comparison(server: string, outcome: Outcome): string {
  const { baseline, series, load } = outcome;
  const subjects = [...new Set(series.map(({ subject }) => subject))];
  const rows = ROWS.flatMap(([quantity, words]) => {
    const base = seriesOf(outcome, quantity, baseline);
    const cells = subjects.map((subject) => {
      const one = seriesOf(outcome, quantity, subject);
      if (one === undefined) return "";
      const median = `${figure(spread(one.values).median)}${one.unit === "1/s" ? "" : ` ${one.unit}`}`;
      return base === undefined || base === one
        ? median
        : `${median}, ${ratio(spread(ratios(one.values, base.values)), DIGITS).replace(/ {2,}/, " ")}`;
    });
    return cells.every((cell) => cell === "") ? [] : [[words, ...cells]];
  });
  const head = [server, ...subjects.map((subject) => subject.replace(`${server}, `, ""))];
  return `${table([head, ...rows])}\n\n${load}; × and ÷ compare with the ${baseline.replace(`${server}, `, "")}.`;
}

function targetTable(targets: readonly Judgement[]): string {
  const rows = targets.map(({ name, unit, wanted, measured, reached }) => [
    name,
    `${wanted} ${unit}`,
    measured === undefined
      ? "not measured"
      : `${figure(measured.value)} (${figure(measured.least)} – ${figure(measured.most)})`,
    reached === undefined ? "" : reached ? "yes" : "**no**",
  ]);
  return table([["to reach", "wanted", "measured", "reached"], ...rows]);
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
