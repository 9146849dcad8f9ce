import { Chain } from "../../../lib/chain.ts";
import type { Sweeping } from "./controls.ts";
import { sweep, type SweepOptions, type Swept } from "./sweep.ts";

/** Sweeps one after the other: the store keeps how far one has come. */
export class Sweeps {
  readonly #ended: (swept: Swept | undefined) => void;
  readonly #chain = new Chain();

  /** `ended` is told of each. */
  constructor(ended: (swept: Swept | undefined) => void) {
    this.#ended = ended;
  }

  async run(options: SweepOptions): Promise<Swept | undefined> {
    const swept = await this.#chain.add(() => sweep(options));
    this.#ended(swept);
    return swept;
  }
}

/** Converts a command's request to the retention of a sweep. */
export function retentionOf(
  { expiresAfter, maxMessages, allowance }: Sweeping,
): Pick<SweepOptions, "expiresAfter" | "maxMessages" | "allowance"> {
  return {
    expiresAfter: () => expiresAfter,
    maxMessages: () => maxMessages === Infinity ? "unlimited" : maxMessages,
    allowance,
  };
}
