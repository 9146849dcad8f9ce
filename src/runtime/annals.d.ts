// deno-lint-ignore-file no-explicit-any -- plugins may be written in JavaScript, and events are of any type
/**
 * Annals for plugins: the types of all that a plugin gets and may do.
 *
 * A plugin is an ES module in a folder of `plugin_paths`, whose default export is a `Plugin`:
 *
 * ```js
 * /** @type {import("./annals.d.ts").Plugin} *\/
 * export default { name: "hello", summary: "Greets", start(context) { context.log.info("hello", "Hello"); } };
 * ```
 */

/** A plugin. What must be known before anything runs is data; all else is a call on the context. */
export interface Plugin {
  /** Small letters, digits and `_`; unique. `modules_enabled` lists it, and its keys are in `[plugins.<name>]`. */
  readonly name: string;
  /** One line for `annals help plugins`. */
  readonly summary: string;
  /** Its keys in the configuration. */
  readonly options?: Readonly<Record<string, OptionData>>;
  /** Events that it fires, each by the name under which other plugins find it in `context.events`. */
  readonly events?: Readonly<Record<string, Event<any, any>>>;
  /** Registers everything. If it throws, whatever it had registered is undone, and Annals does not start. */
  start(context: Context): void | Promise<void>;
}

/** Type of an option's values. */
export interface KindData {
  /** `period` is a text such as "1w", and a number of seconds once it is read; `path` is relative to the configuration. */
  readonly type: "text" | "flag" | "domain" | "path" | "period" | "integer" | "choice" | "list" | "union";
  /** Bounds of an integer, both included. */
  readonly min?: number;
  readonly max?: number;
  /** Words of a choice. */
  readonly choices?: readonly string[];
  /** Kind of each item of a list; the kinds of a union. */
  readonly of?: KindData | readonly KindData[];
}

/** One key of the configuration. */
export interface OptionData extends KindData {
  /** One line: what it is, and why one would change it. */
  readonly doc: string;
  /** Without one, the option is required. */
  readonly default?: unknown;
  /** Shown where there is no default. */
  readonly example?: unknown;
  /** True for a key that may be left out although it has no default. */
  readonly optional?: true;
  /** True for a change that takes effect at SIGHUP, without a restart. */
  readonly reload?: true;
  /** True for a value that must never be shown. */
  readonly secret?: true;
}

/** Services that Annals lends one plugin. Whatever is registered is undone when the plugin stops. */
export interface Context {
  /** Its options, always the values in force: a reload shows at the next look. */
  readonly options: Readonly<Record<string, any>>;
  readonly log: Log;
  /** Registry of metrics that an operator may watch. */
  readonly meter: Meter;
  /** Aborted when the plugin stops. */
  readonly signal: AbortSignal;
  /** The component's own address. */
  readonly component: Jid;
  /** The virtual hosts whose archives are kept. */
  readonly hosts: ReadonlySet<string>;
  /** The domains of rooms whose archives are kept. */
  readonly rooms: ReadonlySet<string>;
  /** Builds an element: `xml("delay", { xmlns: NS, stamp })`. Attributes that are `undefined` are left out. */
  xml(
    name: string,
    attrs?: Readonly<Record<string, string | undefined>>,
    ...children: readonly (Element | string | undefined)[]
  ): Element;
  /** The error by which a handler refuses a request: `throw new context.StanzaError("forbidden")`. */
  readonly StanzaError: {
    new (condition: Condition, text?: string, options?: { type?: ErrorType; cause?: unknown }): StanzaError;
  };
  /** Reads addresses. */
  readonly Jid: {
    /** Reads an address. Throws `TypeError` when it is malformed. */
    parse(text: string): Jid;
    /** Reads an address; `undefined` when it is malformed. */
    tryParse(text: string): Jid | undefined;
    /** Puts an address together; an empty `local` or `resource` is none. Throws `TypeError` when a part is malformed. */
    of(local: string, domain: string, resource?: string): Jid;
  };
  /** The events that there are. */
  readonly events: Events;
  /** Answers one kind of request: return the reply, or throw `StanzaError`. A second taker fails the start. */
  hook<Q, R>(call: Call<Q, R>, answer: (query: Q, request: Request) => R | Promise<R>): void;
  /** Takes every message with one kind of child, but for errors: those only bring back what was sent. */
  hook(route: MessageRoute, take: (message: IncomingMessage) => void | Promise<void>): void;
  /** Joins an event; handlers run in the order in which they joined, and the first verdict wins. */
  on<E, V>(event: Event<E, V>, handler: (event: E) => V | undefined): void;
  /** Asks the handlers of an event, in order, until one gives a verdict. */
  fire<E, V>(event: Event<E, V>, value: E): V | undefined;
  /** Advertises a feature (XEP-0030) at the component, or at every account whose requests are delegated to it. */
  addFeature(feature: string, at?: "component" | "account"): void;
  /** Adds a node below the component (XEP-0030), such as an ad-hoc command (XEP-0050). Several plugins may add one node. */
  addNode(node: DiscoNode): void;
  /** Opens a small store of the plugin's own in the database of the archives. Backups hold it, and no sweep touches it. */
  openData(name: string): Promise<Data>;
  /** Runs a task soon after the start and then whenever `seconds()` have passed since it last ended. */
  addTimer(task: string, seconds: () => number, run: () => void | Promise<void>): void;
  /** The bare JIDs in an account's roster (XEP-0356); rejects with `StanzaError` when the server does not show it. */
  roster(account: Jid): Promise<ReadonlySet<string>>;
  /** Sends a stanza; resolves when there is room for more. */
  send(stanza: Element): Promise<void>;
  /** Sends a request; rejects with `StanzaError`, `remote-server-timeout` when no answer came within `timeout` seconds. */
  sendIq<Q, R>(to: Jid, call: Call<Q, R>, query: Q, options?: { timeout?: number }): Promise<R>;
  /** For the rare thing that Annals does not lend: undone when the plugin stops. */
  defer(undo: () => void | Promise<void>): void;
}

/** A named event. `E` is what its handlers get, and `V` the verdict that they may give. */
export interface Event<E, V = void> {
  readonly name: string;
  /** Never present: it ties the types to the event. */
  readonly types?: (event: E) => V;
}

/** The events that there are; plugins add theirs. */
export interface Events {
  /** Fired for each message and each archive that it could go to: `true` keeps it, a text is the reason not to. */
  readonly archiveShouldStore: Event<Candidate, true | string>;
  /** Fired when the server has recognised the component. */
  readonly streamOpened: Event<void>;
  /** Fired when the stream has ended: what holds for one stream holds no more. */
  readonly streamEnded: Event<void>;
  /** Fired when options have changed while the plugins run. */
  readonly optionsChanged: Event<void>;
  /** Fired when a backup has taken the place of the archives: what is remembered of them holds no more. */
  readonly archivesReplaced: Event<void>;
  readonly [name: string]: Event<any, any>;
}

/** A message that one account sent or received. */
export interface Candidate {
  readonly message: Element;
  /** Seen from the owner of the archive. */
  readonly direction: "incoming" | "outgoing";
  /** True when it is addressed to a full JID. */
  readonly toResource: boolean;
}

/** Reads and writes one kind of element. */
export interface Codec<T> {
  readonly name: string;
  readonly xmlns: string;
  /** Throws `StanzaError` when the element is malformed. */
  read(element: Element): T;
  write(value: T): Element;
}

/** A kind of request, and its reply; without `reply`, the answer is empty. */
export interface Call<Q, R> {
  readonly type: "get" | "set";
  readonly query: Codec<Q>;
  readonly reply?: Codec<R>;
}

/** A request: its requester and whom it asks. */
export interface Request {
  /** The requester, vouched for by the server. */
  readonly from: Jid;
  /** The entity that was asked: the component itself, or the bare JID of an account. */
  readonly to: Jid;
  readonly id: string;
}

/** Route of the messages that a hook takes: those with this child. */
export interface MessageRoute {
  readonly name: string;
  readonly xmlns: string;
}

/** A message that matched a route. */
export interface IncomingMessage {
  readonly from: Jid;
  readonly element: Element;
  /** The child that matched. */
  readonly payload: Element;
}

/** A node, and the one that lists it. */
export interface DiscoNode {
  readonly node: string;
  /** Node among whose items it is; without one, it is an item of the component itself. */
  readonly under?: string;
  /** Name that clients show. */
  readonly name?: string;
  readonly identities?: readonly { readonly category: string; readonly type: string; readonly name?: string }[];
  readonly features?: readonly string[];
}

/** Texts by key. A key has at most 1,024 bytes, a value at most 64 KiB. */
export interface Data {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Changes a value and returns the new one; `undefined` deletes it. Nobody else changes it meanwhile, also where several
   * Annals share a database: then `change` may be called again.
   */
  update(key: string, change: (value: string | undefined) => string | undefined): Promise<string | undefined>;
  /** Lists the keys that follow `after`, ascending: at most `limit`, by default 100. */
  keys(options?: { after?: string; limit?: number }): Promise<string[]>;
}

/** Lines of the log. `event` is a word for programs, `message` a sentence for people; bodies of messages never go there. */
export interface Log {
  debug(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Name and help text of a metric, and how it is read when somebody looks. */
export interface Metric {
  /** Unique: `annals_` and words of small letters, with the unit as the last one. */
  readonly name: string;
  /** One line. */
  readonly help: string;
  read(): number;
}

/** Registry of metrics. */
export interface Meter {
  /** Adds a count that only grows, from 0 at the start; it is shown with `_total` behind its name. */
  counter(metric: Metric): void;
  /** Adds a value that goes up and down. */
  gauge(metric: Metric): void;
}

/** An address `local@domain/resource`. */
export interface Jid {
  /** The account; empty when the address is that of a server or component. */
  readonly local: string;
  readonly domain: string;
  /** One client of the account; empty in a bare JID. */
  readonly resource: string;
  /** The text without the resource. */
  readonly bare: string;
  readonly isBare: boolean;
  toBare(): Jid;
  equals(other: Jid): boolean;
  toString(): string;
}

/** Advice to the sender about an error (RFC 6120 §8.3.2). */
export type ErrorType = "auth" | "cancel" | "continue" | "modify" | "wait";

/** A defined condition of RFC 6120 §8.3.3. */
export type Condition =
  | ("bad-request" | "conflict" | "feature-not-implemented" | "forbidden" | "gone" | "internal-server-error")
  | ("item-not-found" | "jid-malformed" | "not-acceptable" | "not-allowed" | "not-authorized" | "policy-violation")
  | ("recipient-unavailable" | "redirect" | "registration-required" | "remote-server-not-found")
  | ("remote-server-timeout" | "resource-constraint" | "service-unavailable" | "subscription-required")
  | ("undefined-condition" | "unexpected-request");

/** A stanza error (RFC 6120 §8.3). */
export interface StanzaError extends Error {
  readonly condition: Condition;
  readonly type: ErrorType;
  /** Said to the person at the other end; empty when the condition says it all. */
  readonly text: string;
}

/** An element of XML. */
export interface Element {
  /** Name as it was written, with its prefix. */
  readonly name: string;
  attrs: Record<string, string | undefined>;
  readonly children: (Element | string)[];
  /** Name without its prefix. */
  getName(): string;
  /** Namespace of the element. */
  getNS(): string | undefined;
  /** The first child of the name, and of the namespace where it is given. */
  getChild(name: string, xmlns?: string): Element | undefined;
  getChildren(name: string, xmlns?: string): Element[];
  getChildElements(): Element[];
  getText(): string;
  /** Text of the first child of the name; `null` when there is none. */
  getChildText(name: string, xmlns?: string): string | null;
  toString(): string;
}
