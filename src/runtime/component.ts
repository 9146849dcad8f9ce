/**
 * The component apart from its connection: stanzas in, stanzas out, plugins between.
 *
 * @module
 */
import type { ArchiveStore } from "../store/archive.ts";
import { getRoster } from "../wire/rfc6121.ts";
import type { Element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import type { Config } from "../config/config.ts";
import { liveValues } from "../config/live.ts";
import { startPlugin } from "./context.ts";
import { Controls } from "./control/control.ts";
import { DelegationProbe } from "./delegation_probe.ts";
import { Features, serveDisco } from "./disco.ts";
import { dispatcher } from "./dispatch.ts";
import { Events, eventsOf } from "./events.ts";
import { Grants, receiveGrants } from "./grants.ts";
import { Examiner } from "./examiner.ts";
import { Links } from "./links.ts";
import type { Log } from "../log/log.ts";
import { PendingRequests } from "./pending.ts";
import { Requests } from "./requests.ts";
import { type Roster, Rosters } from "./roster.ts";
import { mayBeOneOfSeveral } from "./one_of_several.ts";
import {
  type AnyPlugin,
  archivesReplaced,
  messagesLost,
  optionsChanged,
  storeProbed,
  streamEnded,
  streamOpened,
} from "./plugin.ts";
import { PrivilegedLink } from "./privileged_link.ts";
import { Router } from "./router.ts";
import { measureRequests } from "./measure_requests.ts";
import { meterOn, Metrics } from "../watch/metrics.ts";

export interface ComponentOptions {
  readonly config: Config;
  readonly plugins: readonly AnyPlugin[];
  readonly log: Log;
  /** Gets what can be watched, for as long as the component runs. */
  readonly metrics?: Metrics;
  /** Gets what commands can ask for, for as long as the component runs. */
  readonly controls?: Controls;
  /** Opens a store by the name that a plugin gives it. */
  openStore(name: string): Promise<ArchiveStore>;
  /** The store of the archives, for data beside them; without it, there is none. */
  sharedStore?(): Promise<ArchiveStore>;
  /** Sends a stanza; resolves when there is room for more, rejects when there is no stream. */
  send(stanza: Element): Promise<void>;
}

/** The plugins that run, and what they share. Disposing of it stops them, newest first. */
export interface Component extends AsyncDisposable {
  readonly links: Links;
  readonly grants: Grants;
  readonly pending: PendingRequests;
  readonly probe: DelegationProbe;
  /** Messages that plugins had to give up; known when they have stopped. */
  readonly lost: number;
  /** Has something written to the archives; true once it is stored. */
  probeStore(): Promise<boolean>;
  /** Takes a stanza that has arrived; never throws. */
  take(stanza: Element): void;
  /** Resolves when every answer that is under way has left. */
  answered(): Promise<void>;
  /** Says that the server has recognised the component. */
  streamOpened(): void;
  /** Gives up what belonged to the stream that has ended: replies that will not come, rights that are given anew. */
  streamEnded(): void;
  /** Says that the archives are others than before. */
  archivesReplaced(): void;
  /** Puts the options of a configuration into force that plugins look at while they run. */
  reload(config: Config): void;
}

/** Starts the plugins in their order. If one fails, those before it are stopped again. */
export async function startComponent(options: ComponentOptions): Promise<Component> {
  const { config, plugins, log, metrics = new Metrics(), controls = new Controls() } = options;
  const address = Jid.parse(config.component.domain);
  // XEP-0114 §3: what a component sends says who it is from; ejabberd ends the stream of one that does not.
  function send(stanza: Element): Promise<void> {
    stanza.attrs.from ??= address.toString();
    return options.send(stanza);
  }
  const hosts: ReadonlySet<string> = new Set(config.hosts);
  const router = new Router();
  const features = new Features();
  const events = new Events();
  const grants = new Grants();
  const oneOfSeveral = mayBeOneOfSeveral(config);
  const pending = new PendingRequests(send, { oneOfSeveral });
  const probe = new DelegationProbe(pending);
  const rosters = new Rosters((account) => pending.ask(account, getRoster, undefined), Date.now);
  async function roster(account: Jid): Promise<Roster> {
    if (!grants.allowsRoster(account.domain)) {
      throw new StanzaError("forbidden", `${account.domain} has not granted the "roster" privilege`);
    }
    return await rosters.of(account);
  }

  await using stack = new AsyncDisposableStack();
  stack.defer(() => pending.abandon());
  receiveGrants(grants, { router, hosts, log });
  let lost = 0;
  events.on(messagesLost, (messages) => void (lost += messages));
  const examiner = new Examiner({ component: address, hosts, router, grants, pending, probe, send });
  const privileged = { component: address, grants, pending, examiner, oneOfSeveral, send };
  const links = new Links([...hosts].map((host) => new PrivilegedLink(host, privileged)));
  serveDisco(features, { component: address, router, asked: (host) => examiner.noteFeatures(host) });
  const tokens = eventsOf(plugins);
  const live = plugins.map((plugin) => liveValues(config, plugin));
  for (const [index, plugin] of plugins.entries()) {
    const services = {
      sharedStore: () => Promise.reject(new Error("Cannot open data: nothing is archived here")),
      ...options,
      component: address,
      hosts,
      rooms: new Set(config.rooms),
      router,
      features,
      events,
      tokens,
      links,
      pending,
      metrics,
      controls,
      roster,
      send,
    };
    stack.use(await startPlugin(plugin, live[index]?.values ?? {}, services));
  }
  const requests = new Requests({
    component: address,
    router,
    links,
    log,
    send,
    delegated: (host, iq) => examiner.noteRequest(host, iq),
  });
  measureRequests(meterOn(metrics, (remove) => stack.defer(remove)), { requests, pending });
  const running = stack.move();
  return {
    links,
    grants,
    pending,
    probe,
    get lost(): number {
      return lost;
    },
    probeStore: () => events.fire(storeProbed, undefined) ?? Promise.resolve(false),
    take: dispatcher({ router, requests, pending, log }),
    answered: () => requests.answered(),
    streamOpened: () => void events.fire(streamOpened, undefined),
    streamEnded(): void {
      pending.abandon();
      grants.clear();
      examiner.clear();
      rosters.clear();
      events.fire(streamEnded, undefined);
    },
    archivesReplaced: () => void events.fire(archivesReplaced, undefined),
    reload(next): void {
      for (const values of live) values.update(next);
      events.fire(optionsChanged, undefined);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
