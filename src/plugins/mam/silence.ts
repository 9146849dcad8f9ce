/**
 * Notices the likeliest mistake in a set-up: users reach their archives, and no server hands over a message.
 *
 * @module
 */
import type { Log } from "../../runtime/log.ts";
import type { Tally } from "./tally.ts";

/** To be called at each query; says once that nothing was ever handed over. */
export function silenceNotice(tally: Tally, log: Log): () => void {
  let told = false;
  return () => {
    if (told || !tally.isEmpty) return;
    told = true;
    log.info("no-copies-yet", "Somebody reads an archive, and no message was handed over yet", {
      hint: "if messages were sent since the start, look into the server's rules for copies (README)",
    });
  };
}
