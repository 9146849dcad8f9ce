/**
 * Stanzas of a server for Annals, as text, and Annals' answers, taken apart.
 *
 * @module
 */
import { forwarded } from "../../src/wire/xep0297.ts";
import { NS as NS_DELEGATION, readDelegated } from "../../src/wire/xep0355.ts";
import { NS as NS_PRIVILEGE } from "../../src/wire/xep0356.ts";
import type { Element } from "../../src/xml/element.ts";
import { escapeText } from "../../src/xml/escape.ts";

export const HOST = "example.test";
export const COMPONENT = "archive.example.test";

/** First stanzas of a server: its delegation and its privileges. */
export const GRANTS = `<message from='${HOST}' to='${COMPONENT}'><delegation xmlns='${NS_DELEGATION}'>` +
  `<delegated namespace='urn:xmpp:mam:2'/></delegation></message>` +
  `<message from='${HOST}' to='${COMPONENT}'><privilege xmlns='${NS_PRIVILEGE}'>` +
  `<perm access='roster' type='get'/><perm access='message' type='outgoing'/></privilege></message>`;

/** A copy of a stanza, as mod_firewall makes it. */
export function copy(stanza: string): string {
  return `<message from='${HOST}' to='${COMPONENT}/account'><forwarded xmlns='urn:xmpp:forward:0'>${stanza}</forwarded></message>`;
}

/** A copy of a message between two users of the host. */
export function chat(from: string, to: string, body: string): string {
  return copy(
    `<message xmlns='jabber:client' type='chat' from='${from}@${HOST}/a' to='${to}@${HOST}'>` +
      `<body>${escapeText(body)}</body></message>`,
  );
}

/** A user's request to the own account, delegated (XEP-0355 §4.3). Both stanzas have the id. */
export function request(id: string, user: string, type: "get" | "set", payload: string): string {
  return `<iq type='set' id='${id}' from='${HOST}' to='${COMPONENT}'><delegation xmlns='${NS_DELEGATION}'>` +
    `<forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' type='${type}' id='${id}' from='${user}@${HOST}/a'>` +
    `${payload}</iq></forwarded></delegation></iq>`;
}

/** A page of an archive (XEP-0313 §4), asked for under an id that its results repeat. */
export function query(id: string, user: string, { max, after }: { max?: number; after?: string } = {}): string {
  const set = [max === undefined ? "" : `<max>${max}</max>`, after === undefined ? "" : `<after>${after}</after>`];
  return request(
    id,
    user,
    "set",
    `<query xmlns='urn:xmpp:mam:2' queryid='${id}'><set xmlns='http://jabber.org/protocol/rsm'>${
      set.join("")
    }</set></query>`,
  );
}

/** The user's answer inside what Annals answers the server; `undefined` for anything else. */
export function answerIn(stanza: Element): Element | undefined {
  const delegation = stanza.is("iq") ? stanza.getChild("delegation", NS_DELEGATION) : undefined;
  return delegation && readDelegated(delegation);
}

/** A message of an archive, as a user gets it. */
export interface Recalled {
  readonly queryid: string | undefined;
  readonly id: string;
  readonly stamp: string;
  readonly body: string | null;
}

/** The archived message inside what Annals sends in the name of an account (XEP-0356); `undefined` for anything else. */
export function resultIn(stanza: Element): Recalled | undefined {
  const privilege = stanza.is("message") ? stanza.getChild("privilege", NS_PRIVILEGE) : undefined;
  const wrapper = privilege?.getChild("forwarded", "urn:xmpp:forward:0");
  const result = wrapper && forwarded.read(wrapper).stanza.getChild("result", "urn:xmpp:mam:2");
  const held = result?.getChild("forwarded", "urn:xmpp:forward:0");
  if (result === undefined || held === undefined) return undefined;
  return {
    queryid: result.attrs.queryid,
    id: result.attrs.id ?? "",
    stamp: held.getChild("delay", "urn:xmpp:delay")?.attrs.stamp ?? "",
    body: held.getChild("message", "jabber:client")?.getChildText("body") ?? null,
  };
}
