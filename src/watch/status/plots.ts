/**
 * Plots as SVG: shapes only, stretched to the width that there is; what is to be read is text around them.
 *
 * @module
 */
import { html, type Markup } from "./markup.ts";

/** Height of a plot, in its own units; its width is one unit a value. */
const HEIGHT = 100;

/** Share of a bar's place that is left blank. */
const GAP = 0.24;

/** One place in a plot. */
export interface Value {
  /** `undefined` leaves the place blank. */
  readonly value: number | undefined;
  /** Title that a pointer over the plot shows. */
  readonly title: string;
}

/** Range from the bottom to the top of a plot. */
export interface Scale {
  readonly bottom: number;
  readonly top: number;
}

/** The top of a scale from 0 on which these values look good: a round number, at least 10. */
export function scaleFor(values: readonly Value[]): number {
  return roundUp(Math.max(10, ...known(values)));
}

/** A scale on which it is seen how these values change, however large they are: between round numbers around them. */
export function scaleBetween(values: readonly Value[]): Scale {
  const [least, most] = [Math.min(...known(values)), Math.max(...known(values))];
  if (!Number.isFinite(least)) return { bottom: 0, top: 1000 };
  const step = roundUp(Math.max((most - least) / 4, most / 1000, 1));
  return { bottom: Math.max(0, Math.floor(least / step) * step - step), top: (Math.floor(most / step) + 1) * step };
}

function known(values: readonly Value[]): readonly number[] {
  return values.flatMap(({ value }) => value === undefined ? [] : [value]);
}

/** The next number that is a round one times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8].find((step) => step * power >= value) ?? 10) * power;
}

/** A bar for each value; the least value above 0 is still seen. */
export function bars(values: readonly Value[], top: number, label: string): Markup {
  return plot(values, label, ({ value = 0, title }, x) => {
    const height = value === 0 ? 0 : Math.max(1.5, value / top * HEIGHT);
    return html`<g><title>${title}</title>${place(x)}${rect("bar", x + GAP / 2, 1 - GAP, height)}</g>`;
  });
}

/** A line from value to value. */
export function line(values: readonly Value[], { bottom, top }: Scale, label: string): Markup {
  const points = values.flatMap(({ value }, x) => (
    value === undefined ? [] : [[x, round((top - value) / (top - bottom) * HEIGHT)] as const]
  ));
  const last = points.at(-1);
  // What is known reaches to the end of its place, so that a single value is seen as well.
  if (last !== undefined) points.push([last[0] + 1, last[1]]);
  const path = points.map(([x, y]) => `${x} ${y}`).join("L");
  const drawn = path === "" ? html`` : html`
    <path class="line" d="M${path}" />
  `;
  return plot(values, label, ({ title }, x) => html`<g><title>${title}</title>${place(x)}</g>`, drawn);
}

/** A strip: how high a place is, and in which colour, says how far its value is from 0 to 1. */
export function strip(values: readonly Value[], label: string): Markup {
  return plot(values, label, ({ value, title }, x) => {
    const kind = value === undefined ? "unknown" : value === 1 ? "good" : value === 0 ? "bad" : "mixed";
    const height = HEIGHT * (0.4 + 0.6 * (value ?? 1));
    return html`<g><title>${title}</title>${rect(kind, x, 1 - GAP / 2, height)}</g>`;
  });
}

function plot(
  values: readonly Value[],
  label: string,
  shape: (value: Value, x: number) => Markup,
  below: Markup = html``,
): Markup {
  return html`
    <svg viewBox="0 0 ${values.length} ${HEIGHT}" preserveAspectRatio="none" role="img"
      aria-label="${label}">${below}${values.map(shape)}</svg>
  `;
}

/** Place in a plot where a pointer finds the title. */
function place(x: number): Markup {
  return rect("place", x, 1, HEIGHT);
}

function rect(kind: string, x: number, width: number, height: number): Markup {
  if (height === 0) return html``;
  return html`
    <rect class="${kind}" x="${round(x)}" y="${round(HEIGHT - height)}" width="${width}" height="${round(height)}" />
  `;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
