/**
 * Notices the likeliest mistake in a set-up: users reach their archives, and no server hands over a message.
 *
 * @module
 */
import type { Log } from "../../../log/log.ts";
import type { HostLink } from "../../../runtime/link.ts";
import type { Archiving } from "../archiving.ts";

export interface SilenceOptions {
  readonly archiving: Pick<Archiving, "tally" | "underWay">;
  /** The link to a host. */
  readonly linkTo: (host: string) => Pick<HostLink, "expectsCopies"> | undefined;
  readonly log: Log;
}

/** Says once that nothing was ever handed over. */
export class SilenceNotice {
  readonly #options: SilenceOptions;
  #hasTold = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Notes that somebody reads an archive of a host. */
  noteQuery(host: string): void {
    const { archiving, linkTo, log } = this.#options;
    if (this.#hasTold || !archiving.tally.isEmpty || archiving.underWay > 0) return;
    if (linkTo(host)?.expectsCopies === false) return;
    this.#hasTold = true;
    log.info("no-copies-yet", "A user reads an archive, and the server has handed over no message yet", {
      hint: "if messages were sent since the start, look at the server's rules for copies (docs/troubleshooting.md)",
    });
  }
}
