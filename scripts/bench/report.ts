/**
 * Outcomes as tables.
 *
 * @module
 */
import type { Outcome, Series } from "./scenario.ts";
import { ratios, type Spread, spread } from "./statistics.ts";
import type { Judgement } from "./targets.ts";

/** Writes an outcome: a block a quantity, a line a subject, with its ratio to the baseline. */
export function report(outcome: Outcome): string {
  const quantities = [...new Set(outcome.series.map(({ quantity }) => quantity))];
  return [`${outcome.load}; medians, with the least and the most of the rounds`, ...quantities.map(block(outcome))]
    .join("\n\n");
}

/** Writes what was to be reached, and what was. */
export function reportTargets(judgements: readonly Judgement[]): string {
  const rows = judgements.map(({ name, unit, wanted, measured, reached }) => [
    `  ${name} [${unit}]`,
    wanted,
    measured === undefined ? "not measured" : figure(measured.value),
    measured === undefined ? "" : `${figure(measured.least)} – ${figure(measured.most)}`,
    reached === undefined ? "" : reached ? "yes" : "NO",
  ]);
  return columns([["To reach", "wanted", "measured", "spread", "reached"], ...rows]);
}

function block({ series, baseline }: Outcome): (quantity: string) => string {
  return (quantity) => {
    const of = series.filter((one) => one.quantity === quantity);
    const base = of.find(({ subject }) => subject === baseline);
    const unit = of[0]?.unit ?? "";
    const head = [`${quantity} [${unit}]`, "median", "spread", `against ${baseline}`];
    return columns([head, ...of.map((one) => line(one, base))]);
  };
}

function line(one: Series, base: Series | undefined): string[] {
  const { median, least, most } = spread(one.values);
  const compared = base === undefined || base === one ? "" : ratio(spread(ratios(one.values, base.values)));
  return [`  ${one.subject}`, figure(median), `${figure(least)} – ${figure(most)}`, compared];
}

/** More than the baseline is told as a multiple of it, less as a division. */
export function ratio({ median, least, most }: Spread, digits = 3): string {
  const [sign, middle, ...ends] = median < 1 ? ["÷", 1 / median, 1 / most, 1 / least] : ["×", median, least, most];
  const [told, from, to] = [middle, ...ends].map((value) => figure(value, digits));
  return least === most ? `${sign} ${told}` : `${sign} ${told}  (${from} – ${to})`;
}

/** So many significant digits, or the whole number. */
export function figure(value: number, digits = 3): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(digits)));
}

export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ").trimEnd()).join(
    "\n",
  );
}
