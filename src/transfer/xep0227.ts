/**
 * The format of XEP-0227, which servers read and write: of all that it can say, message archives, and preferences as the
 * element of XEP-0441, which it leaves room for (§4: elements of other namespaces).
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { ARCHIVE, hostTags, NS, NS_ARCHIVE, NS_INCLUDE, SERVER_DATA, userTags } from "../wire/xep0227.ts";
import { clientStanza } from "../wire/xep0297.ts";
import { result, writeResult } from "../wire/xep0313_result.ts";
import { NS as NS_MAM } from "../wire/xep0313_form.ts";
import { setPreferences } from "../wire/xep0441.ts";
import type { Element } from "../xml/element.ts";
import { XmlError } from "../xml/error.ts";
import { OutlineReader, type Treatment } from "../xml/outline.ts";
import { serialize } from "../xml/writer.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { NS_CLIENT } from "../xmpp/stanza.ts";
import { accountOf } from "./account.ts";
import { TransferError } from "./error.ts";
import { type EntryItem, type Item, type PreferencesItem, skipped, type Wanted } from "./item.ts";
import { chunksOf } from "./lines.ts";
import { MessageReader } from "./message.ts";
import { preferencesItem } from "./preferences.ts";

/** Characters of a result: the largest message, and what is around it. */
const MAX_RESULT = 2 * 1024 * 1024;

/** §5: a file of hosts, those of users. */
const MAX_INCLUDED = 3;

/** Account that a part of a file is about. */
interface About {
  readonly host?: string | undefined;
  readonly user?: string | undefined;
}

/** A file that another includes, with whom it is about. */
interface Include extends About {
  readonly href: string;
}

/** A file, and those that it includes. Throws `TransferError` where one is malformed. */
export function* readXep0227(path: string, { host }: Wanted = {}): Generator<Item> {
  yield* readFile(path, { only: host, level: 0 }, {});
}

interface Scope {
  /** The one host that is read, if not all. */
  readonly only: string | undefined;
  /** Number of files that include this one, each through the next. */
  readonly level: number;
}

function* readFile(path: string, scope: Scope, about: About): Generator<Item> {
  const document = new Document(about, scope.only);
  for (const found of document.read(path)) {
    if (!("href" in found)) yield found;
    else if (isAbsolute(found.href) || found.href.includes(":") || scope.level === MAX_INCLUDED) {
      yield skipped("a file that is included from elsewhere");
    } else {
      const { href, ...within } = found;
      yield* readFile(join(dirname(path), decodeURI(href)), { ...scope, level: scope.level + 1 }, within);
    }
  }
}

/** Finds items in one file. */
class Document {
  readonly #only: string | undefined;
  readonly #messages = new MessageReader();
  #about: About;
  #found: (Item | Include)[] = [];

  constructor(about: About, only: string | undefined) {
    this.#about = about;
    this.#only = only;
  }

  *read(path: string): Generator<Item | Include> {
    const outline = new OutlineReader({
      begins: (element) => this.#begins(element),
      whole: (element) => this.#whole(element),
      ends: (element) => this.#ends(element),
    }, MAX_RESULT);
    let line = 1;
    try {
      for (const piece of piecesOf(path)) {
        outline.push(piece);
        yield* this.#found;
        this.#found = [];
        if (piece.endsWith("\n")) line++;
      }
      outline.end();
    } catch (error) {
      yield* this.#found;
      if (!(error instanceof XmlError || error instanceof TypeError)) throw error;
      throw new TransferError({ path, line, found: `found no XML that can be read on (${error.message})` });
    }
  }

  #begins(element: Element): Treatment {
    switch (`${element.getNS()} ${element.getName()}`) {
      case `${NS} server-data`:
      case `${NS_ARCHIVE} archive`:
        return "enter";
      case `${NS} host`:
        this.#about = { host: element.attrs.jid };
        return this.#only === undefined || this.#only === element.attrs.jid ? "enter" : "skip";
      case `${NS} user`:
        this.#about = { ...this.#about, user: element.attrs.name };
        return "enter";
      case `${NS_INCLUDE} include`:
        this.#found.push({ ...this.#about, href: element.attrs.href ?? "" });
        return "skip";
      case `${NS_MAM} result`:
      case `${NS_MAM} prefs`:
        return "whole";
    }
    if (element.parent === null) {
      throw new XmlError("bad-format", "Found another root, expected <server-data/> of XEP-0227");
    }
    return "skip";
  }

  #ends(element: Element): void {
    if (element.getName() === "user") this.#about = { host: this.#about.host };
  }

  #whole(element: Element): void {
    const { user = "", host = "" } = this.#about;
    const owner = accountOf(user, host);
    this.#found.push(owner === undefined ? skipped("an address that cannot be read") : this.#itemOf(element, owner));
  }

  #itemOf(element: Element, owner: string): Item {
    try {
      if (element.getName() === "prefs") {
        const { default: fallback, always, never } = setPreferences.query.read(element);
        return preferencesItem(owner, { default: fallback, always: always.map(String), never: never.map(String) });
      }
      const { id, stamp, stanza } = result.read(element);
      // As text it is read again, strictly: that its prefixes are bound has not been looked at.
      return this.#messages.read({ owner, id, time: stamp, message: serialize(clientStanza(stanza)) });
    } catch (error) {
      if (error instanceof StanzaError) return skipped("a result or preferences that cannot be read");
      if (error instanceof XmlError) return skipped("XML that is not well-formed");
      throw error;
    }
  }
}

/** A file of UTF-8 in pieces that are no longer than a line. Throws `TypeError` where it is something else. */
function* piecesOf(path: string): Generator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (const chunk of chunksOf(path)) {
    yield* decoder.decode(chunk, { stream: true }).split(/(?<=\n)/);
  }
  yield decoder.decode();
}

/** Items as a document: the owners of a host have to follow each other. */
export async function* writeXep0227(items: AsyncIterable<EntryItem | PreferencesItem>): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n${SERVER_DATA.open}`;
  const open = new OpenTags();
  for await (const item of items) {
    const { local, domain } = Jid.parse(item.owner);
    yield open.turnTo([hostTags(domain), userTags(local), ...item.kind === "entry" ? [ARCHIVE] : []]);
    yield `${serialize(elementOf(item))}\n`;
  }
  yield open.turnTo([]) + SERVER_DATA.close;
}

function elementOf(item: EntryItem | PreferencesItem): Element {
  if (item.kind === "entry") {
    const { id, time, stanza } = item.entry;
    return writeResult({ id, stamp: time, stanza: withNamespace(stanza) });
  }
  const { default: fallback, always, never } = item.preferences;
  const parsed = (jids: readonly string[]): Jid[] => jids.map((jid) => Jid.parse(jid));
  return setPreferences.query.write({ default: fallback, always: parsed(always), never: parsed(never) });
}

/** The start tag of an element as far as a namespace of its own. */
const DECLARED = /^<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+xmlns\s*=/;

/** A stanza that says no namespace of its own would be in that of what is around it. */
function withNamespace(stanza: string): string {
  return DECLARED.test(stanza) ? stanza : stanza.replace(/^<[^\s/>]+/, `$& xmlns="${NS_CLIENT}"`);
}

/** The tags that are open, the outermost first. */
class OpenTags {
  #open: readonly { readonly open: string; readonly close: string }[] = [];

  /** Closes and opens what is needed for those to be open. */
  turnTo(wanted: readonly { readonly open: string; readonly close: string }[]): string {
    const differing = this.#open.findIndex((tag, depth) => tag.open !== wanted[depth]?.open);
    const kept = differing === -1 ? this.#open.length : differing;
    const closed = this.#open.slice(kept).reverse().map(({ close }) => close);
    const opened = wanted.slice(kept).map(({ open }) => open);
    this.#open = wanted;
    return [...closed, ...opened].join("");
  }
}
