/**
 * Events in which other plugins have a say.
 *
 * @module
 */
import type { Event } from "../../runtime/plugin.ts";
import type { MessageTraits } from "../../wire/message.ts";
import type { Element } from "../../xml/element.ts";

/** A message that one account sent or received. */
export interface Candidate {
  readonly message: Element;
  readonly traits: MessageTraits;
  /** Seen from the owner of the archive (XEP-0313 §"Message archives"). */
  readonly direction: "incoming" | "outgoing";
  /** True when it is addressed to a full JID. */
  readonly toResource: boolean;
  /** True for an error in answer to a message that was not archived. */
  readonly answersLeftOut?: boolean;
}

/** Why a message is not archived; what the counters of skipped copies are named by. */
export type SkipReason = string;

/** `true` to archive it, otherwise why not. */
export type Verdict = true | SkipReason;

/** Fired for each message and each archive that it could go to; the first verdict wins, the default is `policy.ts`. */
export const archiveShouldStore: Event<Candidate, Verdict> = { name: "archive-should-store" };
