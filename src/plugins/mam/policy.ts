/**
 * What is worth keeping: which messages are conversation (XEP-0313 §"Storage and Retrieval Rules").
 *
 * @module
 */
import type { Candidate, Verdict } from "./events.ts";

/** The default verdict. The order is Prosody's, whose users rely on it: a hint outweighs what a message contains. */
export function shouldStore({ traits, direction, toResource }: Candidate): Verdict {
  if (traits.type === "headline") return "headline";
  if (traits.type === "error") {
    // A bounce comes to the session that sent the message; errors to the bare JID are answers to its PEP notifications.
    return direction === "incoming" && toResource ? true : "error";
  }
  // The room archives it (XEP-0313 §"MUC Archives").
  if (traits.type === "groupchat") return "groupchat";
  if (traits.noStore || traits.noPermanentStore) return "hint";
  if (traits.store) return true;
  const kept = traits.body || traits.subject || traits.encrypted || traits.receipt || traits.marker ||
    traits.invitation || traits.jingleMessage;
  return kept ? true : "no content";
}
