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
  /** What a pointer over it shows. */
  readonly title: string;
}

/** The top of a scale on which these values look good: 1, 2 or 5 and noughts; at least 10. */
export function scaleFor(values: readonly Value[]): number {
  const most = Math.max(10, ...values.map(({ value }) => value ?? 0));
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= most) ?? most;
}

/** A bar for each value; the least value above 0 is still seen. */
export function bars(values: readonly Value[], top: number, label: string): Markup {
  return plot(values, label, ({ value = 0, title }, x) => {
    const height = value === 0 ? 0 : Math.max(1.5, value / top * HEIGHT);
    return html`<g><title>${title}</title><rect class="place" x="${x}" width="1" height="${HEIGHT}"/>${
      rect("bar", x + GAP / 2, 1 - GAP, height)
    }</g>`;
  });
}

/** An area below a line from value to value. */
export function area(values: readonly Value[], top: number, label: string): Markup {
  const points = values.flatMap(({ value }, x) => (
    value === undefined ? [] : [[x, round(HEIGHT - value / top * HEIGHT)] as const]
  ));
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || last === undefined) return plot(values, label, () => html``);
  // What is known reaches to the end of its place, so that a single value is seen as well.
  const line = [...points, [last[0] + 1, last[1]]].map(([x, y]) => `${x} ${y}`).join("L");
  return plot(
    values,
    label,
    ({ title }, x) => (
      html`
        <g>
          <title>${title}</title>
          <rect class="place" x="${x}" width="1" height="${HEIGHT}" />
        </g>
      `
    ),
    html`
      <path class="area" d="M${first[0]} ${HEIGHT}L${line}V${HEIGHT}Z" />
      <path class="line" d="M${line}" />
    `,
  );
}

/** A strip: each place in full, in part, or not at all, as its value goes from 1 to 0. */
export function strip(values: readonly Value[], label: string): Markup {
  return plot(values, label, ({ value, title }, x) => {
    const kind = value === undefined ? "unknown" : value === 1 ? "good" : value === 0 ? "bad" : "mixed";
    return html`
      <g>
        <title>${title}</title>
        <rect class="${kind}" x="${x}" width="${1 - GAP / 2}" height="${HEIGHT}" />
      </g>
    `;
  });
}

function plot(
  values: readonly Value[],
  label: string,
  place: (value: Value, x: number) => Markup,
  below: Markup = html``,
): Markup {
  return html`
    <svg viewBox="0 0 ${values.length} ${HEIGHT}" preserveAspectRatio="none" role="img"
      aria-label="${label}">${below}${values.map(place)}</svg>
  `;
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
