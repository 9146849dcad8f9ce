/**
 * Notices the likeliest mistake in a set-up: users reach their archives, and no server hands over a message.
 *
 * @module
 */
import type { Log } from "../../../log/log.ts";
import type { Tally } from "../tally.ts";

export interface SilenceOptions {
  readonly tally: Tally;
  /** Number of messages on their way into the archive, which are not counted yet. */
  readonly underWay: () => number;
  /** True when a module hands over the messages of a host, so that no copies are to come. */
  readonly hasModule: (host: string) => boolean;
  readonly log: Log;
}

/** To be called at each query with the host of the archive; says once that nothing was ever handed over. */
export function silenceNotice({ tally, underWay, hasModule, log }: SilenceOptions): (host: string) => void {
  let told = false;
  return (host) => {
    if (told || !tally.isEmpty || underWay() > 0 || hasModule(host)) return;
    told = true;
    log.info("no-copies-yet", "Somebody reads an archive, and no message was handed over yet", {
      hint: "if messages were sent since the start, look at the server's rules for copies (docs/troubleshooting.md)",
    });
  };
}
