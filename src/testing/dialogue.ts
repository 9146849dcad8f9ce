/**
 * Dialogues: what a server says to Annals and what Annals must say back, as text that a protocol author can read.
 *
 * A file holds the settings first (`set KEY = VALUE`), then acts: a line with one word, then one stanza. In what Annals
 * says, `{name}` takes whatever stands there, and is that from then on, also in what the server says next.
 *
 * | act | said by | what it is |
 * | --- | --- | --- |
 * | `copy` | server | a message, handed over once as mod_firewall does |
 * | `hop` | server | a stanza, handed over at one hop as mod_service_log does |
 * | `request` | server | a user's request, delegated (XEP-0355) |
 * | `reply` | Annals | the answer that the user gets to it |
 * | `result` | Annals | a message in the name of an account (XEP-0356), as the user gets it |
 * | `server` | server | a stanza as it is |
 * | `component` | Annals | a stanza as it is |
 *
 * @module
 */
import { forwarded } from "../wire/xep0297.ts";
import { NS as NS_DELEGATION, writeDelegated } from "../wire/xep0355.ts";
import { NS as NS_PRIVILEGE, writePrivileged } from "../wire/xep0356.ts";
import { type Element, xml } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { canonical } from "./canonical.ts";
import { readXml } from "./codec.ts";

const HOST = "example.test";
const COMPONENT = "archive.example.test";

/** How a stanza inside an act is wrapped on its way. */
const WRAPPED = {
  copy: (stanza) => xml("message", { from: HOST, to: COMPONENT }, forwarded.write({ stanza })),
  hop: (stanza) => xml("message", { from: HOST, to: COMPONENT, id: "hop" }, forwarded.write({ stanza })),
  request: (stanza) => (
    xml("iq", { type: "set", from: HOST, to: COMPONENT, id: "delegated" }, writeDelegated(NS_DELEGATION, stanza))
  ),
  reply: (stanza) => (
    xml("iq", { type: "result", from: COMPONENT, to: HOST, id: "delegated" }, writeDelegated(NS_DELEGATION, stanza))
  ),
  result: (stanza) => xml("message", { from: COMPONENT, to: HOST }, writePrivileged(NS_PRIVILEGE, stanza)),
  server: (stanza) => stanza,
  component: (stanza) => stanza,
} satisfies Record<string, (stanza: Element) => Element>;

type Kind = keyof typeof WRAPPED;

function isKind(word: string): word is Kind {
  return Object.hasOwn(WRAPPED, word);
}

const SAID_BY_ANNALS: ReadonlySet<Kind> = new Set(["reply", "result", "component"]);

interface Act {
  readonly kind: Kind;
  readonly line: number;
  readonly text: string;
}

/** A dialogue, read but not played. */
export interface Dialogue {
  /** Its first comment: what it shows. */
  readonly title: string;
  /** TOML, laid over the configuration. */
  readonly settings: string;
  readonly acts: readonly Act[];
}

/** Reads a dialogue. Throws `SyntaxError`, naming the line, when it is not one. */
export function readDialogue(text: string): Dialogue {
  const lines = text.split("\n");
  const title = lines.find((line) => line.startsWith("# "))?.slice(2) ?? "";
  const settings = lines.filter((line) => line.startsWith("set ")).map((line) => line.slice(4)).join("\n");
  const acts: { kind: Kind; line: number; text: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const act = acts.at(-1);
    if (line === "" || line.startsWith("#") || line.startsWith("set ")) continue;
    if (isKind(line)) acts.push({ kind: line, line: index + 1, text: "" });
    else if (/^[<\s]/.test(line) && act !== undefined) act.text += line.trim();
    else throw new SyntaxError(`Line ${index + 1} is neither an act nor part of a stanza: ${line}`);
  }
  return { title, settings, acts };
}

/** The component that a dialogue is played against. */
export interface Stage {
  /** Hands it a stanza. */
  take(stanza: Element): void;
  /** The next stanza that it sends; rejects when none comes. */
  next(): Promise<Element>;
}

/** Plays a dialogue. Throws at the first act that goes differently, naming its line. */
export async function playDialogue({ acts }: Dialogue, stage: Stage): Promise<void> {
  const known = new Map<string, string>();
  for (const { kind, line, text } of acts) {
    const stanza = WRAPPED[kind](readXml(text.replaceAll(/\{(\w+)\}/g, (whole, name) => known.get(name) ?? whole)));
    if (!SAID_BY_ANNALS.has(kind)) {
      stage.take(readXml(serialize(stanza)));
      continue;
    }
    const said = canonical(readXml(serialize(await stage.next())));
    const captures = match(canonical(stanza), said);
    if (captures === undefined) {
      throw new Error(`Line ${line}: Annals says something else\n  expected ${canonical(stanza)}\n  found    ${said}`);
    }
    for (const [name, value] of captures) known.set(name, value);
  }
}

/** What stands where the pattern has `{name}`; `undefined` when the rest differs. */
function match(pattern: string, text: string): Map<string, string> | undefined {
  const names: string[] = [];
  const source = pattern.split(/(\{\w+\})/).map((part, index) => {
    if (index % 2 === 0) return RegExp.escape(part);
    names.push(part.slice(1, -1));
    return '([^"]*)';
  }).join("");
  const found = new RegExp(`^${source}$`).exec(text);
  return found === null ? undefined : new Map(names.map((name, index) => [name, found[index + 1] ?? ""]));
}
