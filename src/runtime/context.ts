/**
 * Services that the runtime lends a plugin, and takes back.
 *
 * @module
 */
import type { ArchiveStore } from "../store/archive.ts";
import type { Call } from "../wire/codec.ts";
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import type { Controls } from "./control/control.ts";
import type { Features } from "./disco.ts";
import type { Events } from "./events.ts";
import type { Links } from "./links.ts";
import type { Log } from "../log/log.ts";
import type { Options, Values } from "../config/options.ts";
import type { PendingRequests } from "./pending.ts";
import type { Context, EventTokens, IncomingMessage, MessageRoute, Plugin, Request } from "./plugin.ts";
import { openData } from "./plugin_data.ts";
import type { Roster } from "./roster.ts";
import type { Router } from "./router.ts";
import { repeat } from "../lib/timers.ts";
import { meterOn, type Metrics } from "../watch/metrics.ts";

/** Services that all plugins share. */
export interface Services {
  readonly component: Jid;
  readonly hosts: ReadonlySet<string>;
  readonly rooms: ReadonlySet<string>;
  readonly router: Router;
  readonly features: Features;
  readonly events: Events;
  /** Tokens of all events that there are. */
  readonly tokens: EventTokens;
  readonly links: Links;
  readonly pending: PendingRequests;
  readonly controls: Controls;
  readonly log: Log;
  readonly metrics: Metrics;
  openStore(name: string): Promise<ArchiveStore>;
  sharedStore(): Promise<ArchiveStore>;
  roster(account: Jid): Promise<Roster>;
  send(stanza: Element): Promise<void>;
}

/**
 * Starts a plugin. Disposing of what is returned stops it: its signal first, so that what is under way can end, then
 * everything that it registered, newest first. When `start` throws, that happens at once.
 */
export async function startPlugin<O extends Options>(
  plugin: Plugin<O>,
  options: Values<O>,
  services: Services,
): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const stopping = new AbortController();
  const log = services.log.child({ plugin: plugin.name });
  try {
    await plugin.start(lend(services, options, { plugin: plugin.name, log, signal: stopping.signal, undo }));
  } catch (cause) {
    stopping.abort();
    throw new Error(`Cannot start the plugin "${plugin.name}"`, { cause });
  }
  const registered = undo.move();
  return {
    [Symbol.asyncDispose](): Promise<void> {
      stopping.abort();
      return registered.disposeAsync();
    },
  };
}

function lend<O extends Options>(
  services: Services,
  options: Values<O>,
  { plugin, log, signal, undo }: { plugin: string; log: Log; signal: AbortSignal; undo: AsyncDisposableStack },
): Context<O> {
  const { component, hosts, rooms, router, features, events, tokens, links, pending, controls, roster, send } =
    services;
  return {
    options,
    log,
    meter: meterOn(services.metrics, (remove) => undo.defer(remove)),
    component,
    hosts,
    rooms,
    xml,
    StanzaError,
    Jid,
    events: tokens,
    send,
    signal,
    hook<Q, R, T>(
      route: Call<Q, R> | MessageRoute<T>,
      handler:
        | ((query: Q, request: Request) => R | Promise<R>)
        | ((message: IncomingMessage<T>) => void | Promise<void>),
    ): void {
      undo.defer(
        "query" in route
          ? router.answer(route, handler as (query: Q, request: Request) => R | Promise<R>)
          : router.take(route, handler as (message: IncomingMessage<T>) => void | Promise<void>),
      );
    },
    on(event, handler): void {
      undo.defer(events.on(event, handler));
    },
    fire: (event, value) => events.fire(event, value),
    addFeature(feature, at = "component"): void {
      undo.defer(features.add(feature, at));
    },
    addNode(node): void {
      undo.defer(features.nodes.add(node));
    },
    addLink(link): void {
      undo.defer(links.add(link));
    },
    linkTo: (host) => links.of(host),
    async openStore(name): Promise<ArchiveStore> {
      return undo.use(await services.openStore(name));
    },
    openData: (name) => Promise.resolve(openData(() => services.sharedStore(), plugin, name)),
    control(control, answer): void {
      undo.defer(controls.add(control, answer));
    },
    addTimer(task, seconds, run): void {
      const running = repeat({ task, seconds, run, signal, log });
      undo.defer(() => running);
    },
    roster,
    sendIq: (to, call, query, patience) => pending.ask(to, call, query, patience),
    defer(undoing): void {
      undo.defer(undoing);
    },
  };
}
