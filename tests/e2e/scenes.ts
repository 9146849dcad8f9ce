/**
 * Conversations, and the archives' contents after them.
 *
 * A line is said by a session: `alice` is Alice's first, `alice2` her second. In its XML `{alice2}` is that session's
 * full JID, and `{alice}` her first one's. An archive is told by what its messages are, in order: the body, or where
 * there is none the name of the first payload. What is not named holds nothing.
 *
 * @module
 */

export type Session = "alice" | "alice2" | "bob" | "bob2";
export type Owner = "alice" | "bob";

export interface Scene {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly archives: Readonly<Partial<Record<Owner, readonly string[]>>>;
}

export type Line = readonly [Session, string];

const BOTH = (...messages: string[]): Scene["archives"] => ({ alice: messages, bob: messages });

const LONG = "0123456789".repeat(10_000);

/** XEP-0313 §6.1 and the rules of mod_mam: what is stored. */
export const STORED: readonly Scene[] = [
  {
    name: "a question and its answer",
    lines: [
      ["alice", `<message to='bob@example.test' type='chat' id='q'><body>Art thou not Romeo?</body></message>`],
      ["bob", `<message to='alice@example.test' type='chat' id='a'><body>Neither, fair saint.</body></message>`],
    ],
    archives: BOTH("Art thou not Romeo?", "Neither, fair saint."),
  },
  {
    name: "to a full JID, and without an id",
    lines: [
      ["alice", `<message to='{bob}' type='chat'><body>full</body></message>`],
      ["bob", `<message to='{alice}' type='chat' id='f'><body>full with id</body></message>`],
      ["alice", `<message to='bob@example.test'><body>normal, without type</body></message>`],
    ],
    archives: BOTH("full", "full with id", "normal, without type"),
  },
  {
    name: "the same words twice in a row, without an id, are two messages",
    lines: [
      ["alice", `<message to='bob@example.test' type='chat'><body>knock</body></message>`],
      ["alice", `<message to='bob@example.test' type='chat'><body>knock</body></message>`],
    ],
    archives: BOTH("knock", "knock"),
  },
  {
    name: "the same words twice in a row, without an id, to a full JID",
    lines: [
      ["alice", `<message to='{bob}' type='chat'><body>knock</body></message>`],
      ["alice", `<message to='{bob}' type='chat'><body>knock</body></message>`],
    ],
    archives: BOTH("knock", "knock"),
  },
  {
    name: "one id used for two messages",
    lines: [
      ["alice", `<message to='bob@example.test' type='chat' id='same'><body>first</body></message>`],
      ["alice", `<message to='bob@example.test' type='chat' id='same'><body>second</body></message>`],
      ["bob", `<message to='alice@example.test' type='chat' id='same'><body>third</body></message>`],
    ],
    archives: BOTH("first", "second", "third"),
  },
  {
    name: "many at once stay in order",
    lines: Array.from({ length: 60 }, (_, i): Line => [
      i < 30 ? "alice" : "bob",
      `<message to='${i < 30 ? "bob" : "alice"}@example.test' type='chat'><body>${i}</body></message>`,
    ]),
    archives: BOTH(...Array.from({ length: 60 }, (_, i) => String(i))),
  },
  {
    name: "to oneself: no address, the bare JID, the own full JID",
    lines: [
      ["alice", `<message type='chat' id='s1'><body>buy milk</body></message>`],
      ["alice", `<message to='alice@example.test' type='chat' id='s2'><body>and bread</body></message>`],
      ["alice", `<message to='{alice}' type='chat' id='s3'><body>and honey</body></message>`],
    ],
    archives: { alice: ["buy milk", "and bread", "and honey"] },
  },
  {
    name: "to one's own other session",
    lines: [["alice", `<message to='{alice2}' type='chat' id='o'><body>from desk to phone</body></message>`]],
    archives: { alice: ["from desk to phone"] },
  },
  {
    name: "from second session to second session",
    lines: [
      ["alice2", `<message to='{bob2}' type='chat' id='22'><body>psst</body></message>`],
      ["bob2", `<message to='alice@example.test' type='chat' id='23'><body>what</body></message>`],
    ],
    archives: BOTH("psst", "what"),
  },
  {
    name: "emoji, markup and what XML must escape",
    lines: [
      ["alice", `<message to='bob@example.test' type='chat'><body>👩‍👩‍👧 &lt;b&gt; &amp; ]]&gt; "'</body></message>`],
      ["bob", `<message to='alice@example.test' type='chat'><body>  two\n lines\t&#x1D11E; </body></message>`],
    ],
    archives: BOTH(`👩‍👩‍👧 <b> & ]]> "'`, "  two\n lines\t𝄞 "),
  },
  {
    name: "an address in capital letters",
    lines: [["alice", `<message to='Bob@EXAMPLE.Test' type='chat' id='c'><body>BOB!</body></message>`]],
    archives: BOTH("BOB!"),
  },
  {
    name: "a long message",
    lines: [["alice", `<message to='bob@example.test' type='chat' id='l'><body>${LONG}</body></message>`]],
    archives: BOTH(LONG),
  },
  {
    name: "payloads that matter without a body (XEP-0184, 0333, 0353, 0380, a subject, the hint to store)",
    lines: [
      ["alice", `<message to='{bob}'><received xmlns='urn:xmpp:receipts' id='1'/></message>`],
      ["alice", `<message to='{bob}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='1'/></message>`],
      ["alice", `<message to='{bob}' type='chat'><propose xmlns='urn:xmpp:jingle-message:0' id='j'/></message>`],
      [
        "alice",
        `<message to='{bob}' type='chat'><encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/></message>`,
      ],
      ["alice", `<message to='{bob}'><subject>Verona</subject></message>`],
      [
        "alice",
        `<message to='{bob}' type='chat'><secret xmlns='urn:example:s'/><store xmlns='urn:xmpp:hints'/></message>`,
      ],
    ],
    archives: BOTH("received", "displayed", "propose", "encryption", "subject", "secret"),
  },
];

/** Messages that are not stored. */
export const FORGOTTEN: readonly Scene[] = [
  ...[
    ["a chat state alone", `type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/>`],
    ["the hint no-store", `type='chat'><body>off the record</body><no-store xmlns='urn:xmpp:hints'/>`],
    ["the hint no-permanent-store", `type='chat'><body>briefly</body><no-permanent-store xmlns='urn:xmpp:hints'/>`],
    ["a headline", `type='headline'><body>Extra, extra</body>`],
    ["a room's message", `type='groupchat'><body>hello room</body>`],
    ["an unknown payload alone", `type='chat'><thing xmlns='urn:example:thing'/>`],
  ].map(([name, rest]): Scene => ({
    name: name ?? "",
    lines: [
      ["alice", `<message to='{bob}' ${rest}</message>`],
      ["alice", `<message to='{bob}' type='chat'><body>after ${name}</body></message>`],
    ],
    archives: BOTH(`after ${name}`),
  })),
  {
    name: "an error that is not a bounce",
    lines: [
      [
        "alice",
        `<message to='bob@example.test' type='error'><body>x</body><error type='cancel'>` +
        `<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
      ],
      ["alice", `<message to='bob@example.test' type='chat'><body>after the error</body></message>`],
    ],
    archives: BOTH("after the error"),
  },
];
