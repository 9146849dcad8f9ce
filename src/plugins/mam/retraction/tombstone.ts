/**
 * Tombstones (XEP-0424 §"Tombstones", XEP-0425 §"Tombstones"): what is left of a message that was retracted.
 *
 * @module
 */
import { ownNamespace } from "../../../wire/message.ts";
import { type Retracted, retracted } from "../../../wire/xep0424.ts";
import { NS as NS_DELAY } from "../../../wire/xep0203.ts";
import { NS as NS_CORRECT } from "../../../wire/xep0308.ts";
import { NS as NS_SID } from "../../../wire/xep0359.ts";
import { NS as NS_OCCUPANT_ID } from "../../../wire/xep0421.ts";
import { type Attributes, Element, xml } from "../../../xml/element.ts";
import type { Retraction } from "./retraction.ts";

/** Attributes of a message that say nothing of its text; `xml:lang` does. */
const ATTRIBUTES = ["from", "to", "type", "id", "xmlns"];

/** Children that stay, with those attributes of theirs alone; all of a namespace where no name is given. */
const KEPT: readonly { readonly xmlns: string | undefined; readonly name?: string; readonly attributes: string[] }[] = [
  { xmlns: NS_SID, name: "stanza-id", attributes: ["id", "by"] },
  { xmlns: NS_SID, name: "origin-id", attributes: ["id"] },
  { xmlns: NS_OCCUPANT_ID, name: "occupant-id", attributes: ["id"] },
  { xmlns: NS_DELAY, name: "delay", attributes: ["stamp", "from"] },
  { xmlns: NS_CORRECT, name: "replace", attributes: ["id"] },
  { xmlns: "urn:xmpp:hints", attributes: [] },
  { xmlns: undefined, name: "thread", attributes: ["parent"] },
];

/** Returns a copy of a message without anything that it says. */
export function tombstoneOf(message: Element, by: Retraction): Element {
  const kept = message.children.flatMap((child) => child instanceof Element ? keptOf(child) ?? [] : []);
  return xml(message.getName(), only(message, ATTRIBUTES), ...kept, retracted.write(markOf(by)));
}

function markOf({ id, stamp, moderated, reason }: Retraction): Retracted {
  return {
    stamp,
    // XEP-0425 §"Tombstones" has no id.
    ...moderated === undefined && id !== undefined && { id },
    ...moderated && { moderated },
    ...reason !== undefined && { reason },
  };
}

function keptOf(child: Element): Element | undefined {
  const xmlns = ownNamespace(child);
  const name = child.getName();
  const rule = KEPT.find((each) => each.xmlns === xmlns && (each.name ?? name) === name);
  if (rule === undefined) return undefined;
  const text = xmlns === undefined ? child.getText() : "";
  return xml(name, { ...xmlns !== undefined && { xmlns }, ...only(child, rule.attributes) }, text);
}

function only({ attrs }: Element, names: readonly string[]): Partial<Attributes> {
  return Object.fromEntries(names.flatMap((name) => attrs[name] === undefined ? [] : [[name, attrs[name]]]));
}
