/**
 * Messages of all combinations of types, hints and children that a policy looks at.
 *
 * @module
 */
import { CONVERSATION } from "../../src/plugins/mam/conversation.ts";
import { CORPUS } from "./corpus.ts";

/** A message that an account of ours sends (`out`) or receives (`in`). */
export interface Combination {
  readonly direction: "in" | "out";
  readonly toResource: boolean;
  /** A message without a namespace of its own. */
  readonly text: string;
}

const TYPES = ["chat", "normal", undefined, "headline", "groupchat", "error", "gossip"];

const HINTS = [[], ["store"], ["no-store"], ["no-permanent-store"], ["no-copy"], ["store", "no-store"]]
  .map((names) => names.map((name) => `<${name} xmlns='urn:xmpp:hints'/>`).join(""));

const ERROR = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const CHAT_STATE = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
const ASSIST = "<displayed xmlns='urn:xmpp:mds:displayed:0'/>";

const CHILDREN = new Set([
  ...["", CHAT_STATE, ASSIST, CHAT_STATE + ASSIST, "<thread>t</thread>", "<x xmlns='urn:example'/>"],
  ...["<body xmlns='urn:example'/>", "<Body/>", "<error xmlns='urn:example'/>", "<result xmlns='urn:xmpp:mam:2'/>"],
  ...["<received xmlns='urn:xmpp:carbons:2'/>", "<sent xmlns='urn:xmpp:carbons:2'/>"],
  ...["<x xmlns='http://jabber.org/protocol/muc#user'/>", "<origin-id xmlns='urn:xmpp:sid:0' id='1'/>"],
  ...CONVERSATION.flatMap(({ namespace, name = "any", child }) =>
    [name, "other"].map((each) => `<${each} xmlns='${namespace}'>${child ? `<${child}/>` : ""}</${each}>`)
  ),
  ...CORPUS.map(({ children }) => children),
]);

/** Yields every combination. */
export function* combinations(): Generator<Combination> {
  let number = 0;
  for (const type of TYPES) {
    const beside = ["", CHAT_STATE, ...type === "error" ? [ERROR, CHAT_STATE + ERROR, ERROR + ERROR] : []];
    for (const children of product(HINTS, CHILDREN, beside)) {
      for (const direction of ["in", "out"] as const) {
        for (const to of ["bob@example.test", "bob@example.test/2"]) {
          const kind = type === undefined ? "" : ` type='${type}'`;
          const text = `<message${kind} id='g${number++}' to='${to}'>${children}</message>`;
          yield { direction, toResource: to.includes("/"), text };
        }
      }
    }
  }
}

function* product(hints: Iterable<string>, children: Iterable<string>, beside: readonly string[]): Generator<string> {
  for (const hint of hints) {
    for (const child of children) {
      for (const other of beside) yield child + other + hint;
    }
  }
}
