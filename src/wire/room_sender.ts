/**
 * The sender of a message to a room, as it is kept beside the message: the real JID, full, a line feed, and the rest as JSON.
 * No JID holds a line feed, so a sender is found by the start of the text.
 *
 * @module
 */
import type { Sender } from "./companion_rooms_handover.ts";
import { type MucItem, withMucUser } from "./xep0045.ts";
import { Jid } from "../xmpp/jid.ts";

/** Returns the text that is kept; `undefined` where nothing is known. */
export function writeSender({ jid, ...facts }: Sender): string | undefined {
  const text = JSON.stringify(facts);
  return jid === undefined && text === "{}" ? undefined : `${jid?.toString() ?? ""}\n${text}`;
}

/** Reads it back. */
export function readSender(beside: string | undefined): Sender {
  if (beside === undefined) return {};
  const end = beside.indexOf("\n");
  const jid = Jid.tryParse(beside.slice(0, end));
  return { ...JSON.parse(beside.slice(end + 1)), ...jid !== undefined && { jid } };
}

/** The start of what is kept beside messages of one session, or of an account. */
export function startOfSender({ bare, resource }: Jid): string {
  return resource === "" ? `${bare}/` : `${bare}/${resource}\n`;
}

/** Adds to a stanza who sent it (XEP-0313 §"MUC Archives"), where that is known. */
export function withSender(stanza: string, beside: string | undefined): string {
  const { jid, affiliation, role } = readSender(beside);
  if (jid === undefined) return stanza;
  const item: MucItem = { jid, ...affiliation !== undefined && { affiliation }, ...role !== undefined && { role } };
  return withMucUser(stanza, item);
}
