/**
 * The contract between the runtime and its plugins.
 *
 * A plugin declares, as data, what must be known before anything runs; `start` then registers everything else on the
 * context that it is lent, and whatever it registered is undone, newest first, when the plugin stops or fails to start.
 *
 * @module
 */
import type { Call } from "../wire/codec.ts";
import type { Element, xml } from "../xml/element.ts";
import type { StanzaError } from "../xmpp/error.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { ArchiveStore } from "../store/archive.ts";
import type { Answer, Control } from "./control/control.ts";
import type { Access, HostLink } from "./link.ts";
import type { Log } from "../log/log.ts";
import type { Configurable, Options, Values } from "../config/options.ts";
import type { Meter } from "../watch/metric.ts";
import type { DiscoNode } from "./disco_nodes.ts";
import type { Data } from "./plugin_data.ts";

/** A plugin; `modules_enabled` lists its name, which is unique. */
export interface Plugin<O extends Options = Options> extends Configurable<O> {
  /** One line for `annals help plugins`. */
  readonly summary: string;
  /** Events that it fires, each by the name under which other plugins find it in `context.events`. */
  readonly events?: EventTokens;
  /** Registers everything. If it throws, whatever it had registered is undone. */
  start(context: Context<O>): void | Promise<void>;
}

// deno-lint-ignore no-explicit-any -- plugins whose options differ
export type AnyPlugin = Plugin<any>;

/** A request: its requester and whom it asks. Delegated requests (XEP-0355) look as if they had come directly. */
export interface Request {
  /** The requester, vouched for by the server. */
  readonly from: Jid;
  /** The entity that was asked: the component itself, or the bare JID of an account. */
  readonly to: Jid;
  readonly id: string;
  /** True when the server holds messages for the archive that was asked, which it has not handed over yet. */
  readonly behind: boolean;
  /** Present when the server has decided that the requester may read the archive of somebody else: of a room. */
  readonly access?: Access;
  /**
   * Sends messages to the requester, one for each payload, in the name of the entity that was asked and ahead of the
   * reply. Resolves when there is room for more.
   */
  push(payloads: readonly Element[]): Promise<void>;
}

/** Route of the messages that a hook takes: those with this child. A codec is one. */
export interface MessageRoute<T = Element> {
  readonly name: string;
  readonly xmlns: string;
  /** Reads the child; without it, the child is taken as it is. */
  read?(payload: Element): T;
}

/** A message that matched a route. */
export interface IncomingMessage<T = Element> {
  readonly from: Jid;
  readonly element: Element;
  /** The child that matched. */
  readonly payload: Element;
  /** Reads the child as the route says. Throws `StanzaError` when it is malformed. */
  read(): T;
}

/** A named event of a plugin. The token is the dependency: import it from the file of the plugin that fires it. */
export interface Event<E, V = void> {
  readonly name: string;
  /** Never present: it ties the types to the token. */
  readonly types?: (event: E) => V;
}

/** Tokens of events, by their names in code: `archiveShouldStore` for `archive-should-store`. */
// deno-lint-ignore no-explicit-any -- events of any type
export type EventTokens = Readonly<Record<string, Event<any, any>>>;

/** Fired when the server has recognised the component. */
export const streamOpened: Event<void> = { name: "stream-opened" };

/** Fired when the stream has ended: what holds for one stream holds no more. */
export const streamEnded: Event<void> = { name: "stream-ended" };

/** Fired when options have changed while the plugins run. */
export const optionsChanged: Event<void> = { name: "options-changed" };

/** Fired when a backup has taken the place of the archives: what is remembered of them holds no more. */
export const archivesReplaced: Event<void> = { name: "archives-replaced" };

/** Fired to have something written to the archives; true once it is stored. */
export const storeProbed: Event<void, Promise<boolean>> = { name: "store-probed" };

/** Fired by a plugin that stops: how many messages it had to give up since the start. */
export const messagesLost: Event<number> = { name: "messages-lost" };

/** Services that the runtime lends one plugin. */
export interface Context<O extends Options = Options> {
  /** Its options, always the values in force: a reload shows at the next look. */
  readonly options: Values<O>;
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
  /** The builder of elements, for plugins that are loaded from disk and can import nothing; so are the next three. */
  readonly xml: typeof xml;
  /** The error by which a handler refuses a request. */
  readonly StanzaError: typeof StanzaError;
  /** Reads and compares addresses. */
  readonly Jid: typeof Jid;
  /** The events of the runtime and of all plugins that are enabled. */
  readonly events: EventTokens;

  /** Answers one kind of IQ: return the reply, or throw `StanzaError`. A second taker fails the start. */
  hook<Q, R>(call: Call<Q, R>, answer: (query: Q, request: Request) => R | Promise<R>): void;
  /** Takes every message with one kind of child, but for errors: those only bring back what was sent. */
  hook<T = Element>(route: MessageRoute<T>, take: (message: IncomingMessage<T>) => void | Promise<void>): void;
  /** Joins an event; handlers run in the order in which they joined, the one that fires it last; the first verdict wins. */
  on<E, V>(event: Event<E, V>, handler: (event: E) => V | undefined): void;
  /** Asks the handlers of an event, in order, until one gives a verdict. */
  fire<E, V>(event: Event<E, V>, value: E): V | undefined;
  /** Advertises a feature (XEP-0030) at the component, or at every account whose requests are delegated to it. */
  addFeature(feature: string, at?: "component" | "account"): void;
  /**
   * Adds a node below the component (XEP-0030 §"Discovering Items"), such as an ad-hoc command (XEP-0050). Several plugins may
   * add one node; then it shows what each of them says.
   */
  addNode(node: DiscoNode): void;
  /** Adds a link to a host or a domain of rooms; while it is open, it takes precedence over the links there are. */
  addLink(link: HostLink): void;
  /** The link in use to a host or a domain of rooms; `undefined` when there is none. */
  linkTo(host: string): HostLink | undefined;
  /** Opens the store that `[storage]` configures under this name. */
  openStore(name: string): Promise<ArchiveStore>;
  /** Opens a small store of the plugin's own in the database of the archives: backups hold it, and no sweep touches it. */
  openData(name: string): Promise<Data>;
  /** Does what a command asks of the running service. A second taker fails the start. */
  control<Q, R, P = never>(control: Control<Q, R, P>, answer: Answer<Q, R, P>): void;
  /** Runs a task soon after start and then whenever `seconds()` have passed since it last ended. */
  addTimer(task: string, seconds: () => number, run: () => void | Promise<void>): void;
  /** The bare JIDs in an account's roster (XEP-0356); rejects with `StanzaError` when the server does not let us see it. */
  roster(account: Jid): Promise<ReadonlySet<string>>;
  /** Sends a stanza; resolves when there is room for more. */
  send(stanza: Element): Promise<void>;
  /** Sends a request; rejects with `StanzaError`, `remote-server-timeout` when no answer came in time. */
  sendIq<Q, R>(to: Jid, call: Call<Q, R>, query: Q, options?: { timeout?: number }): Promise<R>;
  /** For the rare thing that the runtime does not lend: undone when the plugin stops. */
  defer(undo: () => void | Promise<void>): void;
}

/** Declares a plugin, so that the types of its options reach its `start`. */
export function definePlugin<const O extends Options>(plugin: Plugin<O>): Plugin<O> {
  return plugin;
}

/** The events that plugins may join and that no plugin fires. */
export const RUNTIME_EVENTS = { streamOpened, streamEnded, optionsChanged, archivesReplaced } as const;
