/**
 * Sweeps of the service.
 *
 * @module
 */
import { Chain } from "../../../lib/chain.ts";
import type { Sweeping } from "./controls.ts";
import { sweep, type SweepOptions, type Swept } from "./sweep.ts";

export interface SweepsOptions extends Pick<SweepOptions, "store" | "log" | "now"> {
  /** Told of each. */
  readonly ended: (swept: Swept | undefined) => void;
}

/** Sweeps one after the other: the store keeps how far one has come. */
export class Sweeps {
  readonly #options: SweepsOptions;
  readonly #chain = new Chain();

  constructor(options: SweepsOptions) {
    this.#options = options;
  }

  async run(how: Pick<SweepOptions, "retention" | "allowance" | "signal">): Promise<Swept | undefined> {
    const swept = await this.#chain.add(() => sweep({ ...this.#options, ...how }));
    this.#options.ended(swept);
    return swept;
  }
}

/** Converts a command's request to the retention of a sweep. */
export function retentionOf(
  { expiresAfter, maxMessages, allowance }: Sweeping,
): Pick<SweepOptions, "retention" | "allowance"> {
  const archive_max_messages = maxMessages === Infinity ? "unlimited" : maxMessages;
  return { retention: { archive_expires_after: expiresAfter, archive_max_messages }, allowance };
}
