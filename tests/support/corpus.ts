/**
 * Messages, and whether archives keep them: one corpus for Annals' own decision, the module's, and every path.
 *
 * @module
 */

/** A message from Alice to Bob. */
export interface CorpusMessage {
  readonly name: string;
  /** Its children, as XML. */
  readonly children: string;
  /** Default `chat`. */
  readonly type?: string;
  /** True when it is addressed to Bob's full JID; default his bare JID. */
  readonly toResource?: true;
  /** Verdict for the sender's archive, `true` or the reason. */
  readonly sent: true | string;
  /** Verdict for the recipient's archive, where it is another. */
  readonly received?: true | string;
}

const HINT = (name: string) => `<${name} xmlns='urn:xmpp:hints'/>`;
const CHAT_STATE = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
const ERROR = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const BODY = "<body>Hi</body>";

export const CORPUS: readonly CorpusMessage[] = [
  { name: "a body", children: BODY, sent: true },
  { name: "a body, to a full JID", children: BODY, toResource: true, sent: true },
  { name: "a body of the type normal", children: BODY, type: "normal", sent: true },
  { name: "an empty body", children: "<body/>", sent: true },
  { name: "a subject", children: "<subject>Tea</subject>", sent: true },
  { name: "a headline", children: BODY, type: "headline", sent: "headline" },
  { name: "a headline with the hint to store", children: BODY + HINT("store"), type: "headline", sent: "headline" },

  { name: "the hint no-store", children: BODY + HINT("no-store"), sent: "hint" },
  { name: "the hint no-permanent-store", children: BODY + HINT("no-permanent-store"), sent: "hint" },
  { name: "no-store beside store", children: BODY + HINT("store") + HINT("no-store"), sent: "hint" },
  { name: "the hint store alone", children: HINT("store"), sent: true },
  { name: "the hint store beside a chat state", children: HINT("store") + CHAT_STATE, sent: true },
  { name: "the hint no-copy alone", children: HINT("no-copy"), sent: "no content" },

  { name: "a chat state", children: CHAT_STATE, sent: "no content" },
  { name: "nothing", children: "", sent: "no content" },
  { name: "an unknown element", children: "<x xmlns='urn:example'/>", sent: "no content" },

  { name: "XEP-0380 alone", children: "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>", sent: true },
  {
    name: "OMEMO of old",
    children: "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>",
    sent: true,
  },
  { name: "OMEMO 1", children: "<encrypted xmlns='urn:xmpp:omemo:1'/>", sent: true },
  { name: "OMEMO 2", children: "<encrypted xmlns='urn:xmpp:omemo:2'/>", sent: true },
  { name: "OX", children: "<openpgp xmlns='urn:xmpp:openpgp:0'>eA==</openpgp>", sent: true },
  { name: "PGP", children: "<x xmlns='jabber:x:encrypted'>eA==</x>", sent: true },

  { name: "a receipt", children: "<received xmlns='urn:xmpp:receipts' id='1'/>", sent: true },
  { name: "a chat marker", children: "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>", sent: true },
  {
    name: "a direct invitation",
    children: "<x xmlns='jabber:x:conference' jid='room@rooms.test'/>",
    type: "normal",
    sent: true,
  },
  {
    name: "a mediated invitation",
    children: "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='a@b.test'/></x>",
    type: "normal",
    sent: true,
  },
  {
    name: "another word of a room",
    children: "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>",
    type: "normal",
    sent: "no content",
  },
  { name: "a call", children: "<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>", sent: true },
  { name: "a call of a newer version", children: "<propose xmlns='urn:xmpp:jingle-message:1' id='1'/>", sent: true },
  { name: "a retraction", children: "<retract xmlns='urn:xmpp:message-retract:1' id='1'/>", sent: true },
  {
    name: "a retraction of an older version",
    children: "<apply-to xmlns='urn:xmpp:fasten:0' id='1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
    sent: true,
  },
  {
    name: "a reaction",
    children: "<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>👍</reaction></reactions>",
    sent: true,
  },
  {
    name: "a file without a body",
    children: "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'/>",
    sent: true,
  },
  { name: "another source of a file", children: "<sources xmlns='urn:xmpp:sfs:0' id='1'/>", sent: true },

  {
    name: "a marker for the server (XEP-0490)",
    children: "<displayed xmlns='urn:xmpp:mds:displayed:0'/>",
    sent: "no content",
  },
  {
    name: "the hint store beside that",
    children: `<displayed xmlns='urn:xmpp:mds:displayed:0'/>${HINT("store")}`,
    sent: true,
  },

  { name: "a stranger's carbon", children: `${BODY}<received xmlns='urn:xmpp:carbons:2'/>`, sent: true },
  { name: "a stranger's carbon of a sent message", children: `${BODY}<sent xmlns='urn:xmpp:carbons:2'/>`, sent: true },
  { name: "a stranger's archive result", children: `${BODY}<result xmlns='urn:xmpp:mam:2'/>`, sent: true },

  {
    name: "an error to a full JID that brings nothing back",
    children: ERROR,
    type: "error",
    toResource: true,
    sent: "error",
    received: true,
  },
  {
    name: "an error to a full JID that brings a body back",
    children: BODY + ERROR,
    type: "error",
    toResource: true,
    sent: "error",
    received: true,
  },
  {
    name: "an error to a full JID that brings a chat state back",
    children: CHAT_STATE + ERROR,
    type: "error",
    toResource: true,
    sent: "error",
  },
  {
    name: "an error that brings no-store back",
    children: BODY + HINT("no-store") + ERROR,
    type: "error",
    toResource: true,
    sent: "hint",
  },
  {
    name: "an error to a full JID without <error/>",
    children: "<x xmlns='urn:example'/>",
    type: "error",
    toResource: true,
    sent: "error",
  },
  { name: "an error to the bare JID", children: BODY + ERROR, type: "error", sent: "error" },
];
