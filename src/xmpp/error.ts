/**
 * Errors of RFC 6120, as values that travel: what is thrown inside becomes an `<error/>` at the protocol edge.
 *
 * @module
 */

/** RFC 6120 §8.3.2: what the sender may do about a stanza error. */
export type ErrorType = "auth" | "cancel" | "continue" | "modify" | "wait";

/** RFC 6120 §8.3.3: each defined condition with the type that the RFC recommends for it. */
const DEFAULT_TYPES = {
  "bad-request": "modify",
  "conflict": "cancel",
  "feature-not-implemented": "cancel",
  "forbidden": "auth",
  "gone": "cancel",
  "internal-server-error": "cancel",
  "item-not-found": "cancel",
  "jid-malformed": "modify",
  "not-acceptable": "modify",
  "not-allowed": "cancel",
  "not-authorized": "auth",
  "policy-violation": "modify",
  "recipient-unavailable": "wait",
  "redirect": "modify",
  "registration-required": "auth",
  "remote-server-not-found": "cancel",
  "remote-server-timeout": "wait",
  "resource-constraint": "wait",
  "service-unavailable": "cancel",
  "subscription-required": "auth",
  "undefined-condition": "cancel",
  "unexpected-request": "wait",
} as const satisfies Record<string, ErrorType>;

/** A defined condition of RFC 6120 §8.3.3. */
export type Condition = keyof typeof DEFAULT_TYPES;

/** True when `name` is a condition that RFC 6120 §8.3.3 defines. */
export function isCondition(name: string): name is Condition {
  return Object.hasOwn(DEFAULT_TYPES, name);
}

/** A stanza error (RFC 6120 §8.3): thrown by a handler to refuse a request, received when one of ours is refused. */
export class StanzaError extends Error {
  override readonly name = "StanzaError";
  readonly condition: Condition;
  readonly type: ErrorType;
  /** Said to the person at the other end; empty when the condition says it all. */
  readonly text: string;

  constructor(condition: Condition, text = "", options: ErrorOptions & { type?: ErrorType } = {}) {
    super(text === "" ? condition : `${condition}: ${text}`, options);
    this.condition = condition;
    this.type = options.type ?? DEFAULT_TYPES[condition];
    this.text = text;
  }
}

/**
 * Resolves with the condition of the stanza error by which something is answered; `undefined` where it is answered otherwise.
 * Rejects with every other error.
 */
export async function conditionOf(answer: Promise<unknown>): Promise<Condition | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return error.condition;
  }
}

/** A stream error (RFC 6120 §4.9): unrecoverable for the stream that it came on. */
export class StreamError extends Error {
  override readonly name = "StreamError";
  /** A condition of RFC 6120 §4.9.3, such as `not-well-formed` or `conflict`. */
  readonly condition: string;
  readonly text: string;

  constructor(condition: string, text = "", options?: ErrorOptions) {
    super(text === "" ? condition : `${condition}: ${text}`, options);
    this.condition = condition;
    this.text = text;
  }
}
