/**
 * Messages of an archive before anything is measured: the same at every run, and for every server.
 *
 * @module
 */

const WORDS = "It is the east, and Juliet is the sun. Arise, fair sun, and kill the envious moon".split(" ");

/** Milliseconds between two messages: 200 thousand of them were written within the week that archives are kept. */
const PACE = 2_000;

/** An archive to be made. */
export interface History {
  /** Local part of the owner's JID; letters only. */
  readonly owner: string;
  readonly host: string;
  /** Number of messages. */
  readonly messages: number;
}

/** One message of it. */
export interface PastMessage {
  /** Counts from 1. */
  readonly number: number;
  /** When it was received, in milliseconds since 1970. */
  readonly time: number;
  /** Bare JID of the other end. */
  readonly peer: string;
  /** Attributes of the stanza. */
  readonly attributes: { readonly from: string; readonly to: string; readonly id: string; readonly type: "chat" };
  /** Without characters that XML or Lua would have escaped. */
  readonly body: string;
}

/** The messages of an archive, the oldest first, the last of them from this minute. */
export function* pastOf({ owner, host, messages }: History): Generator<PastMessage> {
  const peer = `nurse@${host}`;
  const [own, others] = [`${owner}@${host}/phone`, `${peer}/phone`];
  const begin = Date.now() - messages * PACE;
  for (let number = 1; number <= messages; number++) {
    const [from, to] = number % 2 === 0 ? [own, others] : [others, own];
    const words = Array.from({ length: 5 + number * 7 % 36 }, (_, i) => WORDS[(number + i) % WORDS.length]);
    yield {
      number,
      time: begin + number * PACE,
      peer,
      attributes: { from, to, id: `${owner}${number}`, type: "chat" },
      body: `${number} ${words.join(" ")}`,
    };
  }
}

/** The stanza as it travels. */
export function stanzaOf({ attributes: { from, to, id, type }, body }: PastMessage): string {
  return `<message xmlns='jabber:client' from='${from}' to='${to}' id='${id}' type='${type}' xml:lang='en'>` +
    `<body>${body}</body></message>`;
}
