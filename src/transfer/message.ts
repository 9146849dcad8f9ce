/**
 * Messages as other archives keep them.
 *
 * @module
 */
import type { WholeEntry } from "../store/archive.ts";
import { exceedsId, MAX_ID_BYTES } from "../store/check.ts";
import { withoutStanzaIds } from "../wire/message.ts";
import { writeSender } from "../wire/room_sender.ts";
import { asArchived } from "../wire/xep0045.ts";
import { exceedsResult } from "../wire/xep0313_result.ts";
import { findIllegal } from "../xml/characters.ts";
import type { Element } from "../xml/element.ts";
import { XmlError } from "../xml/error.ts";
import { Reader, SIZE_ONLY } from "../xml/reader.ts";
import { serialize } from "../xml/writer.ts";
import { Jid } from "../xmpp/jid.ts";
import { NS_CLIENT } from "../xmpp/stanza.ts";
import { type Item, skipped } from "./item.ts";

/** Message as another archive describes it. */
export interface Told {
  /** Bare JID. */
  readonly owner: string;
  readonly id: string;
  /** When it was received, in milliseconds since 1970. */
  readonly time: number;
  /** The other end, where that archive has it as this one does; by default it is what the message says. */
  readonly peer?: string;
  /** The other end, where that archive has it without its resource. */
  readonly bare?: string;
  /** Present where the owner is a room. */
  readonly room?: RoomFacts;
  /** The message, as XML or as an element. */
  readonly message: string | Element;
}

/** Facts about a message of a room. */
export interface RoomFacts {
  /** Real JID of the sender, where its archive has that for certain. */
  readonly sender?: string;
}

/** Addresses that are kept at hand, few because each may keep the part of the file in memory that it was read from. */
const MOST_JIDS = 64;

/** Namespaces of streams that messages were received on. */
const STREAMS: ReadonlySet<string | undefined> = new Set([undefined, NS_CLIENT, "jabber:server"]);

/** Reads messages for the archive of their owners: strictly, since they will be sent as they are kept. */
export class MessageReader {
  #elements: Element[] = [];
  #xml: Reader | undefined;
  readonly #jids = new Map<string, Jid>();

  /** The entry, or why it is not taken. */
  read(told: Told): Item {
    const { owner, id, time } = told;
    const objection = idObjection(id);
    if (objection !== undefined) return skipped(objection);
    try {
      const message = typeof told.message === "string" ? this.#parse(told.message) : told.message;
      if (message?.name !== "message" || !STREAMS.has(message.getNS())) return skipped("not a message");
      if (told.room !== undefined) return roomItem(message, told, told.room);
      const stanza = stanzaOf(message, owner);
      if (exceedsResult(stanza)) return skipped("too large to be sent back by every server");
      const peer = this.#peerOf(message, told);
      if (peer === undefined) return skipped("an address that cannot be read");
      const entry: WholeEntry = { id, time, stanza, with: peer.bare, resource: peer.resource };
      return { kind: "entry", owner, entry };
    } catch (error) {
      if (error instanceof XmlError) return skipped("XML that is not well-formed");
      throw error;
    }
  }

  /** The other end; `undefined` when an address is malformed. */
  #peerOf(message: Element, { owner, peer, bare }: Told): Jid | undefined {
    try {
      if (peer !== undefined) return this.#jid(peer);
      const said = this.#addressOf(message, owner);
      return bare === undefined || bare === "" || bare === said.bare ? said : this.#jid(bare);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** XEP-0441 §"JID matching": the `to` of an outgoing message, the `from` of an incoming one. */
  #addressOf({ attrs: { from, to } }: Element, owner: string): Jid {
    const sender = this.#jid(from ?? owner);
    return sender.bare === owner ? this.#jid(to ?? owner) : sender;
  }

  /** Addresses recur: whoever talks says many things. */
  #jid(text: string): Jid {
    let jid = this.#jids.get(text);
    if (jid !== undefined) return jid;
    jid = Jid.parse(text);
    if (this.#jids.size === MOST_JIDS) this.#jids.clear();
    this.#jids.set(text, jid);
    return jid;
  }

  /** One reader for all, as long as none of them is malformed: it costs as much as a message. */
  #parse(text: string): Element | undefined {
    this.#xml ??= this.#open();
    this.#elements = [];
    try {
      // White space shows that the message has come to an end.
      this.#xml.push(`${text}\n`);
      const [message, second] = this.#elements;
      if (message === undefined || second !== undefined) {
        throw new XmlError("not-well-formed", "Found no single element");
      }
      return message;
    } catch (error) {
      this.#xml = undefined;
      throw error;
    }
  }

  #open(): Reader {
    const reader = new Reader({
      open: () => {},
      element: (element) => this.#elements.push(element),
      close: () => {
        throw new XmlError("not-well-formed", "Found an end tag without a start tag");
      },
    }, SIZE_ONLY);
    reader.push("<archive>");
    return reader;
  }
}

/** A message of a room, by its occupant. */
function roomItem(message: Element, { owner, id, time }: Told, { sender }: RoomFacts): Item {
  const occupant = Jid.tryParse(message.attrs.from ?? "");
  if (occupant?.bare !== owner) return skipped("of another room");
  const stanza = stanzaOf(asArchived(message), owner);
  if (exceedsResult(stanza)) return skipped("too large to be sent back by every server");
  const jid = sender === undefined ? undefined : Jid.tryParse(sender);
  const beside = jid && writeSender({ jid });
  const entry = { id, time, stanza, with: owner, resource: occupant.resource, ...beside !== undefined && { beside } };
  return { kind: "entry", owner, entry };
}

/** An id is sent with its message and with the pages that it ends: one that cannot be would take all others along. */
function idObjection(id: string): string | undefined {
  if (id === "") return "without an archive id";
  if (exceedsId(id)) return `with an archive id of more than ${MAX_ID_BYTES} bytes`;
  return findIllegal(id) === -1 ? undefined : "with an archive id of characters that XML does not have";
}

/** XEP-0359 §"Security Considerations": only the archive itself says under which id it keeps a message. */
function stanzaOf(message: Element, owner: string): string {
  // It is last where others do not have it first.
  if (message.attrs.xmlns !== undefined && message.attrs.xmlns !== NS_CLIENT) delete message.attrs.xmlns;
  message.attrs.xmlns ??= NS_CLIENT;
  return serialize(withoutStanzaIds(message, [owner]));
}
