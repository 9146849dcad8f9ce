import type { Meter } from "./metric.ts";

/** State of the archives, as whoever opens them knows it. */
export interface StoreFigures {
  /** Number of stores being opened. */
  readonly opening: number;
  readonly areOpen: boolean;
}

/** Registers what can be watched of the archives as a whole. */
export function measureStores(meter: Meter, figures: StoreFigures): void {
  meter.gauge({
    name: "annals_stores_opening",
    help: "Stores that are being opened, or wait for their database",
    read: () => figures.opening,
  });
  meter.gauge({
    name: "annals_store_open",
    help: "1 when the archives are open; 0 while they cannot be opened, or after their files were removed or replaced",
    read: () => Number(figures.areOpen),
  });
}
