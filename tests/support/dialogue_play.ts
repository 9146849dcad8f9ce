/**
 * Plays dialogues.
 *
 * @module
 */
import { marker, page } from "../../src/wire/companion_page.ts";
import { roomMarker } from "../../src/wire/companion_rooms_handover.ts";
import { forwarded } from "../../src/wire/xep0297.ts";
import { type DelegationNs, isDelegationNs, NS as NS_DELEGATION, writeDelegated } from "../../src/wire/xep0355.ts";
import { isPrivilegeNs, NS as NS_PRIVILEGE, type PrivilegeNs, writePrivileged } from "../../src/wire/xep0356.ts";
import { type Element, xml } from "../../src/xml/element.ts";
import { escapeValue } from "../../src/xml/escape.ts";
import { serialize } from "../../src/xml/writer.ts";
import { readXml } from "./codec.ts";
import { type Act, type Dialogue, isSaidByAnnals, type Said } from "./dialogue.ts";
import { match } from "./dialogue_match.ts";

/** The component that a dialogue is played against, and the world around it. */
export interface Stage {
  /** Hands it a stanza. */
  take(stanza: Element): void;
  /** The next stanza that it sends; rejects when none comes. */
  next(): Promise<Element>;
  /** Resolves when it has logged an event; rejects when it does not. */
  logged(event: string): Promise<void>;
  /** Sets the clock, in milliseconds since 1970. */
  at(time: number): Promise<void>;
  reconnect(): void;
  restart(): Promise<void>;
}

/** The address of the component in every dialogue. */
const COMPONENT = "archive.example.test";

/** State that an act may change for later ones. */
interface Scene {
  readonly stage: Stage;
  readonly known: Map<string, string>;
  host: string;
  delegation: DelegationNs;
  privilege: PrivilegeNs;
}

/** Wrappers of the stanzas in acts. */
const WRAPPED: Record<Said, (stanza: Element, scene: Scene) => Element> = {
  copy: (stanza, { host }) => xml("message", { from: host, to: `${COMPONENT}/account` }, forwarded.write({ stanza })),
  hop: (stanza, { host }) => xml("message", { from: host, to: COMPONENT, id: "hop" }, forwarded.write({ stanza })),
  request: (stanza, { host, delegation }) => (
    xml("iq", { type: "set", from: host, to: COMPONENT, id: "delegated" }, writeDelegated(delegation, stanza))
  ),
  marked: (stanza, scene) => marked(stanza, marker.write({ behind: false }), scene),
  visitor: (stanza, scene) => marked(stanza, roomMarker.write({ behind: false, jids: false }), scene),
  moderator: (stanza, scene) => marked(stanza, roomMarker.write({ behind: false, jids: true }), scene),
  module: (payload, { host }) => xml("message", { from: host, to: COMPONENT }, payload),
  told: (payload, { host }) => xml("message", { from: COMPONENT, to: host }, payload),
  reply: (stanza, { host, delegation }) => (
    xml("iq", { type: "result", from: COMPONENT, to: host, id: "delegated" }, writeDelegated(delegation, stanza))
  ),
  result: (stanza, { host, privilege }) => (
    xml("message", { from: COMPONENT, to: host }, writePrivileged(privilege, stanza))
  ),
  server: (stanza) => stanza,
  component: (stanza) => stanza,
};

function marked(stanza: Element, mark: Element, { host, delegation }: Scene): Element {
  const delegated = writeDelegated(delegation, stanza);
  delegated.cnode(mark);
  return xml("iq", { type: "set", from: host, to: COMPONENT, id: "delegated" }, delegated);
}

/** Plays a dialogue. Throws at the first act that goes differently, naming its line. */
export async function playDialogue({ acts }: Dialogue, stage: Stage): Promise<void> {
  const scene: Scene = {
    stage,
    known: new Map(),
    host: "example.test",
    delegation: NS_DELEGATION,
    privilege: NS_PRIVILEGE,
  };
  for (const act of acts) {
    try {
      await play(act, scene);
    } catch (cause) {
      throw new Error(`The dialogue goes differently at ${act.where}`, { cause });
    }
  }
}

async function play(act: Act, scene: Scene): Promise<void> {
  const { kind, argument } = act;
  const { stage } = scene;
  switch (kind) {
    case "host":
      scene.host = argument;
      break;
    case "version":
      if (isDelegationNs(argument)) scene.delegation = argument;
      else if (isPrivilegeNs(argument)) scene.privilege = argument;
      else throw new TypeError(`Found the namespace "${argument}", expected a version of XEP-0355 or XEP-0356`);
      break;
    case "at":
      await stage.at(Date.parse(argument));
      break;
    case "log":
      await stage.logged(argument);
      break;
    case "reconnect":
      stage.reconnect();
      break;
    case "restart":
      await stage.restart();
      break;
    default:
      for (const stanza of readStanzas(act, scene)) {
        const wrapped = WRAPPED[kind](stanza, scene);
        if (isSaidByAnnals(kind)) await hear(wrapped, scene);
        else stage.take(readXml(serialize(wrapped)));
      }
  }
}

function readStanzas({ text }: Act, { known }: Scene): Element[] {
  const filled = text.replaceAll(/\{(\w+)\}/g, (whole, name) => escapeValue(known.get(name) ?? whole));
  return readXml(`<act>${filled}</act>`).getChildElements();
}

async function hear(expected: Element, { stage, known }: Scene): Promise<void> {
  const said = withPagesOpen(readXml(serialize(await stage.next())));
  for (const [name, value] of match(readXml(serialize(expected)), said)) known.set(name, value);
}

/** With the messages that the text of a page is, as elements in place of their sizes. */
function withPagesOpen(stanza: Element): Element {
  const found = stanza.getChild(page.name, page.xmlns);
  if (found === undefined) return stanza;
  found.children = readXml(`<page xmlns='jabber:client'>${found.getText()}</page>`).children;
  delete found.attrs.sizes;
  return stanza;
}
