/**
 * Notices the likeliest mistake in a set-up: users reach their archives, and no server hands over a message.
 *
 * @module
 */
import type { Log } from "../../../log/log.ts";
import type { HostLink } from "../../../runtime/link.ts";
import type { Tally } from "../tally.ts";

export interface SilenceOptions {
  readonly tally: Tally;
  /** Number of messages on their way into the archive, which are not counted yet. */
  readonly underWay: () => number;
  /** The link to a host. */
  readonly linkTo: (host: string) => Pick<HostLink, "expectsCopies"> | undefined;
  readonly log: Log;
}

/** To be called at each query with the host of the archive; says once that nothing was ever handed over. */
export function silenceNotice({ tally, underWay, linkTo, log }: SilenceOptions): (host: string) => void {
  let told = false;
  return (host) => {
    if (told || !tally.isEmpty || underWay() > 0 || linkTo(host)?.expectsCopies === false) return;
    told = true;
    log.info("no-copies-yet", "Somebody reads an archive, and no message was handed over yet", {
      hint: "if messages were sent since the start, look at the server's rules for copies (docs/troubleshooting.md)",
    });
  };
}
