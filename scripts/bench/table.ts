/**
 * Collects what was measured.
 *
 * @module
 */
import type { Series } from "./scenario.ts";

/** One value: of what, in which unit, how much. */
export type Figure = readonly [quantity: string, unit: string, value: number];

/** Figures by quantity and subject, a value a round. */
export class Table {
  readonly #series = new Map<string, Series & { readonly values: number[] }>();

  add(subject: string, figures: readonly Figure[]): void {
    for (const [quantity, unit, value] of figures) {
      const key = `${quantity}\n${subject}`;
      const series = this.#series.get(key) ?? { quantity, unit, subject, values: [] };
      series.values.push(value);
      this.#series.set(key, series);
    }
  }

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }
}
