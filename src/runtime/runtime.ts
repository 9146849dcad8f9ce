/**
 * Annals as a whole: plugins behind a component, the component behind a stream that comes back when it is lost.
 *
 * @module
 */
import type { AnyPlugin } from "./plugin.ts";
import { deadline } from "@std/async/deadline";
import { Connection } from "../stream/connection.ts";
import { ConnectionError } from "../stream/error.ts";
import { reconnect } from "../stream/reconnect.ts";
import { dial } from "../stream/socket.ts";
import type { Element } from "../xml/element.ts";
import type { XmlError } from "../xml/error.ts";
import { StanzaError } from "../xmpp/error.ts";
import { iqError } from "../xmpp/stanza.ts";
import { Archives } from "./archives.ts";
import { startComponent } from "./component.ts";
import { archivedDomains, type Config } from "../config/config.ts";
import { Controls } from "./control/control.ts";
import type { Answerer } from "./delegation_probe.ts";
import { answeredElsewhere, watchDelegations } from "./delegation_watch.ts";
import { examining } from "./examination.ts";
import { watchGrants } from "./expectations.ts";
import { watchLiveness } from "./liveness.ts";
import type { Log } from "../log/log.ts";
import { RareLine } from "../log/rare_line.ts";
import { mayBeOneOfSeveral, Patience, watchAsOneOfSeveral } from "./one_of_several.ts";
import { meterOn, Metrics } from "../watch/metrics.ts";
import { measureStores } from "../watch/stores.ts";
import { measureStream, type StreamFigures } from "../watch/stream.ts";
import { startWatch } from "../watch/watch.ts";
import { many } from "../lib/words.ts";
import type { Progressing } from "../store/back_end.ts";

/** Annals, running. */
export interface Runtime {
  /** Settles when it cannot go on: rejects with the reason, such as a secret that the server refuses at the first start. */
  readonly finished: Promise<void>;
  /** Puts a configuration into force, as far as that goes without a restart. */
  reload(config: Config): Promise<void>;
  /** Finishes and stores what was accepted, closes the stream, closes the stores. */
  stop(): Promise<void>;
}

/** Milliseconds that answers under way have to be finished when Annals stops. */
const FINISH = 2_000;

/** Options of a start. */
export interface StartOptions {
  readonly log: Log;
  /** Aborted when it is to be given up; what has started by then is stopped by itself. */
  readonly signal?: AbortSignal;
  /** Milliseconds between two attempts to open archives that cannot be opened; for tests. */
  readonly retry?: number;
  /** Told how far the archives are saved, from 0 to 1, where their files are gone: until then a stop is to wait. */
  readonly saving?: Progressing;
}

/**
 * Starts the plugins and connects. Rejects when a plugin cannot start, or the start is given up; that there is no server yet is
 * no reason.
 */
export async function startRuntime(
  config: Config,
  plugins: readonly AnyPlugin[],
  { log, signal, retry, saving }: StartOptions,
): Promise<Runtime> {
  const stopping = new AbortController();
  const { domain } = config.component;
  let inForce = config;
  let current: Connection | undefined;
  let standingBy = false;
  const patience = new Patience();
  const figures: StreamFigures = { connected: false, connections: 0, failures: 0, refused: 0 };
  const refused = new RareLine(log, {
    level: "warn",
    event: "stanza-refused",
    message: "A stanza could not be read",
    count: "refused_so_far",
  });
  const metrics = new Metrics();
  await using lent = new AsyncDisposableStack();
  const { listen } = config.metrics;
  if (listen !== undefined) lent.use(startWatch(listen, { metrics, log }));
  const meter = meterOn(metrics, (remove) => lent.defer(remove));
  measureStream(meter, figures, () => current?.unsent ?? 0);
  const controls = new Controls();
  const replaced = () => component.archivesReplaced();
  const archives = lent.use(new Archives({ config, log, signal, controls, replaced, period: retry, saving }));
  measureStores(meter, archives);
  const component = await startComponent({
    config,
    plugins,
    log,
    metrics,
    controls,
    openStore: (name) => archives.open(name),
    sharedStore: () => archives.shared(),
    async send(stanza): Promise<void> {
      if (current === undefined) throw new ConnectionError("lost", "There is no connection to the server");
      await current.send(stanza);
    },
  });
  lent.defer(
    controls.add(examining, async () => ({
      connected: figures.connected,
      hosts: figures.connected ? await component.links.examine(archivedDomains(config)) : [],
      writes: await component.probeStore(),
    })),
  );
  /** Hosts whose users another module of the server answers. */
  const elsewhere = new Set<string>();
  lent.defer(controls.add(answeredElsewhere, () => [...elsewhere]));
  await archives.listen();
  archives.watch();

  async function useStream(opened: () => void): Promise<void> {
    const socket = await dial(config.component, stopping.signal);
    const stream = new Connection(socket, config.component, {
      open(): void {
        standingBy = false;
        figures.connected = true;
        figures.connections++;
        log.info("stream-connected", "Connected to the server", { domain });
      },
      take: (stanza) => component.take(stanza),
      refuse: (cropped, reason) => refuse(stream, cropped, reason),
    });
    const gone = new AbortController();
    try {
      current = stream;
      await stream.ready;
      if (stopping.signal.aborted) return await stream.close();
      opened();
      component.streamOpened();
      const watch = { component, signal: gone.signal };
      const { hosts } = config;
      const oneOfSeveral = mayBeOneOfSeveral(config);
      watchGrants({ ...watch, log });
      if (oneOfSeveral) {
        const held = () => log.debug("grants-held", "The grants of the server hold for this connection");
        watchAsOneOfSeveral({ ...watch, patience, held }).then(
          (reason) => renew(stream, reason),
          (error) => stream.abort(error),
        );
      }
      // Of several, another may be asked in place of the one that watches. Of a stream that fails, `ended` tells.
      if (!oneOfSeveral) {
        watchDelegations({ ...watch, hosts, log, found: noteAnswerer }).then(
          (reason) => renew(stream, reason),
          () => {},
        );
      }
      watchLiveness({ ...watch, hosts, silentFor: () => stream.silentFor }).catch((reason) => stream.abort(reason));
      await stream.ended;
    } finally {
      gone.abort();
      current = undefined;
      figures.connected = false;
      component.streamEnded();
    }
  }

  function noteAnswerer(host: string, answerer: Answerer): void {
    if (answerer === "another") elsewhere.add(host);
    else if (answerer !== "unknown") elsewhere.delete(host);
  }

  /** Ends a stream, so that the next one is given what this one does not have. */
  async function renew(stream: Connection, reason: string | undefined): Promise<void> {
    if (reason === undefined) return;
    log.info("stream-renewed", "Connecting again, to get the grants of the server again", { reason });
    await stream.close();
  }

  /** RFC 6120 §8.2.3: who asks is answered, also where the request cannot be read. */
  function refuse(stream: Connection, { name, attrs }: Element, reason: XmlError): void {
    figures.refused++;
    refused.add({ from: attrs.from, error: reason });
    if (name !== "iq" || (attrs.type !== "get" && attrs.type !== "set")) return;
    const error = new StanzaError("policy-violation", reason.message);
    // Nobody waits for this answer, and a stream that has ended makes it pointless.
    stream.send(iqError({ to: domain, ...attrs }, error)).catch(() => {});
  }

  const finished = reconnect({
    use: useStream,
    waiting(reason, seconds): void {
      const isTaken = reason.failure === "conflict";
      if (isTaken && standingBy) return;
      standingBy = isTaken;
      if (isTaken) {
        log.warn("stream-standby", "The server has a connection for this address already; waiting to take its place", {
          domain,
          hint:
            "nothing is to be done where two of them are to run, or the server has not noticed that this one was cut off",
        });
        return;
      }
      figures.failures++;
      log.error("stream-failed", reason.message, { retry_in_seconds: Math.round(seconds), cause: reason.cause });
    },
    limits: () => inForce.component.reconnect,
    signal: stopping.signal,
  });
  const watching = lent.move();
  return {
    finished,
    reload(next): Promise<void> {
      inForce = next;
      component.reload(next);
      return Promise.resolve();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await archives[Symbol.asyncDispose]();
      await deadline(component.answered(), FINISH).catch(() =>
        log.warn("answers-cut-off", "Not every answer was finished")
      );
      // While the server still answers, what waits for a roster can be decided; then it is decided without.
      const stopped = component[Symbol.asyncDispose]();
      await deadline(stopped, FINISH / 2).catch(() => {});
      await current?.close();
      await finished.catch(() => {});
      await stopped;
      await watching.disposeAsync();
      const [lost, aside] = [component.lost, archives.aside];
      if (lost === 0 && aside === undefined) return log.info("stopped", "Everything that was accepted is stored");
      const kept = aside ?? "Everything else is stored";
      log.error("stopped", `Lost since the start: ${many(lost, "message")}. ${kept}`, { lost });
    },
  };
}
