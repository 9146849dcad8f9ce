/**
 * Comparison of the last third of the time with the first.
 *
 * @module
 */
import { spread } from "../bench/statistics.ts";
import type { Minute } from "./minute.ts";

/** One quantity: a column of the table. */
interface Quantity {
  readonly name: string;
  readonly of: (minute: Minute) => number;
  /** By how much the last third may exceed the first: a factor, and as much again whatever the quantity. */
  readonly factor: number;
  readonly slack: number;
}

const MB = 1e6;

/** Quantities to compare. Other programs on a shared machine show in the times first. */
const QUANTITIES: readonly Quantity[] = [
  { name: "memory MB", of: ({ memory }) => memory / MB, factor: 1.15, slack: 0 },
  { name: "files", of: ({ files }) => files, factor: 1, slack: 1 },
  { name: "database MB", of: ({ database }) => database / MB, factor: 1.2, slack: 1 },
  { name: "log MB", of: ({ log }) => log / MB, factor: 1.2, slack: 1 },
  { name: "message p50", of: ({ messageTime }) => messageTime.p50, factor: 1.5, slack: 1 },
  { name: "message p99", of: ({ messageTime }) => messageTime.p99, factor: 2, slack: 10 },
  { name: "page p50", of: ({ pageTime }) => pageTime.p50, factor: 1.5, slack: 1 },
  { name: "page p99", of: ({ pageTime }) => pageTime.p99, factor: 2, slack: 10 },
];

/** One quantity, compared. */
export interface Verdict {
  readonly quantity: string;
  /** Medians. */
  readonly first: number;
  readonly last: number;
  readonly flat: boolean;
}

/** Compares the thirds. There must be at least three minutes. */
export function judge(minutes: readonly Minute[]): readonly Verdict[] {
  const third = Math.floor(minutes.length / 3);
  return QUANTITIES.map(({ name, of, factor, slack }) => {
    const first = spread(minutes.slice(0, third).map(of)).median;
    const last = spread(minutes.slice(-third).map(of)).median;
    return { quantity: name, first, last, flat: last <= first * factor + slack };
  });
}

const COLUMNS: readonly { readonly name: string; readonly of: (minute: Minute) => number }[] = [
  { name: "minute", of: ({ minute }) => minute },
  { name: "messages", of: ({ messages }) => messages },
  { name: "pages", of: ({ pages }) => pages },
  ...QUANTITIES,
  { name: "failures", of: ({ failures }) => failures.length },
];

/** The first line of a table of minutes. */
export const MINUTES_HEAD: string = COLUMNS.map(({ name }) => name).join("  ");

/** One more line of it. */
export function minuteRow(minute: Minute): string {
  return COLUMNS.map(({ name, of }) => figure(of(minute)).padStart(name.length)).join("  ");
}

/** A line a quantity. */
export function verdictRows(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ quantity, first, last, flat }) => (
    `${quantity.padEnd(12)} ${figure(first).padStart(8)} ${figure(last).padStart(8)}   ${flat ? "flat" : "GROWS"}`
  ));
  return [`${"".padEnd(12)} 1st third 3rd third`, ...lines].join("\n");
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
