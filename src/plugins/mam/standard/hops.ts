/**
 * One message, many copies: servers whose logger copies stanzas rather than messages.
 *
 * mod_firewall copies each message once. ejabberd's mod_service_log copies it when the sender's session sends it and again
 * at each session that receives it, byte for byte the same. An archive holds a message once, however it was multiplied
 * (XEP-0313 §"Storage and Retrieval Rules"), and yet two genuine messages may have equal bytes where clients give no ids.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { CopyMark } from "../../../store/archive.ts";
import type { MessageTraits } from "../../../wire/message.ts";
import type { Jid } from "../../../xmpp/jid.ts";
import { BoundedMap } from "../../../lib/bounded_map.ts";
import type { Sessions } from "./sessions.ts";

/** Milliseconds by which copies of one message may lie apart where an id tells them from a repetition. */
const WINDOW = 60_000;
/** The same where the number of hops does; short, as a session may have gone that still seems to be there. */
const WINDOW_BY_COUNT = 5_000;
/** The same where nothing but time does: an account whose sessions are not known. */
const WINDOW_IN_DOUBT = 2_000;
/** Messages remembered at once. */
const SIZE = 20_000;
/** Messages, and characters of each, that are remembered as they are. */
const RECENT = 32;
const RECENT_CHARACTERS = 4_000;

/** A copy of a message, as one hop shows it. */
export interface Copy {
  /** Serialised; copies of one message are equal. */
  readonly stanza: string;
  readonly id: string | undefined;
  readonly type: MessageTraits["type"];
  readonly from: Jid;
  readonly to: Jid;
}

interface Seen {
  copies: number;
  /** Number of copies to come; infinite where that is unknown or no matter. */
  readonly expected: number;
  readonly until: number;
}

/** Tells the first copy of each message from those that follow. */
export class Hops {
  readonly #sessions: Sessions;
  /** By a digest: what is remembered must not grow with what people send. */
  readonly #seen = new BoundedMap<string, Seen>(SIZE);
  /** The newest of them by their text: most copies follow at once, and a digest takes longer than all else here. */
  readonly #recent = new BoundedMap<string, Seen>(RECENT);

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /**
   * Marks a copy that came at `now` if it is the first of its message, among those that one virtual host hands over: each of two
   * hosts between which it passes has a first one, for its own account. By the mark it is known where another process, to which
   * the server hands copies over in turn, had the first.
   */
  markFirst(host: string, copy: Copy, now: number): CopyMark | undefined {
    const text = `${host} ${copy.stanza}`;
    if (isFurther(this.#recent.get(text), now)) return undefined;
    const digest = createHash("sha256").update(text).digest("base64");
    if (isFurther(this.#seen.get(digest), now)) return undefined;
    const seen = { copies: 1, ...this.#expect(host, copy, now) };
    this.#seen.set(digest, seen);
    if (text.length <= RECENT_CHARACTERS) this.#recent.set(text, seen);
    return { digest, until: seen.until };
  }

  /** With an id, a copy that is equal is the same message; without one, as many belong to it as there are hops. */
  #expect(host: string, { id, type, from, to }: Copy, now: number): Pick<Seen, "expected" | "until"> {
    if (id !== undefined) return { expected: Infinity, until: now + WINDOW };
    const receivers = to.domain === host ? this.#sessions.receivers(to, type) : 0;
    if (receivers === undefined) return { expected: Infinity, until: now + WINDOW_IN_DOUBT };
    return { expected: receivers + (from.domain === host ? 1 : 0), until: now + WINDOW_BY_COUNT };
  }
}

/** Counts a copy of a message that was seen before; false where it is the first of another message. */
function isFurther(seen: Seen | undefined, now: number): boolean {
  if (seen === undefined || now >= seen.until || seen.copies >= seen.expected) return false;
  seen.copies++;
  return true;
}
