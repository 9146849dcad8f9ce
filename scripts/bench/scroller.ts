/**
 * Somebody who scrolls back through their whole archive, page after page, as fast as it is answered.
 *
 * @module
 */
import { archivePage } from "../../tests/support/archive.ts";
import type { Client } from "../../tests/support/client.ts";

/** Messages of a page. */
export const PAGE = 50;

/** Milliseconds that a page may take: a built-in archive that is large needs seconds. */
const PATIENCE = 120_000;

/** Extent of the scrolling: the first of the two that is reached ends it. */
export interface Reach {
  readonly pages: number;
  /** Milliseconds. */
  readonly time: number;
}

export class Scroller {
  readonly #client: Client;
  /** The id that the next page precedes; `""` at the end of the archive. */
  #before = "";

  constructor(client: Client) {
    this.#client = client;
  }

  /** Goes on where it stopped, and from the end again once it is through. Returns the milliseconds of each page. */
  async scroll({ pages, time }: Reach): Promise<number[]> {
    const times: number[] = [];
    const end = performance.now() + time;
    while (times.length < pages && performance.now() < end) {
      const start = performance.now();
      const page = await archivePage(this.#client, { page: { max: PAGE, before: this.#before }, patience: PATIENCE });
      times.push(performance.now() - start);
      if (page.messages.length !== PAGE) {
        throw new Error(`${this.#client.jid} got a page of ${page.messages.length}, expected ${PAGE}: ${page.iq}`);
      }
      this.#before = page.complete ? "" : page.first ?? "";
    }
    return times;
  }
}
