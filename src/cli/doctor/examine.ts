/**
 * Connects as Annals does, looks at what the server lets it do, and archives nothing meanwhile.
 *
 * @module
 */
import { readAccountMarker } from "../../wire/companion_rooms_handover.ts";
import { CompanionLink } from "../../plugins/mam/companion/link.ts";
import { ACCOUNT_FEATURES } from "../../plugins/mam/options.ts";
import { startComponent } from "../../runtime/component.ts";
import { archivedDomains, type Config } from "../../config/config.ts";
import type { HostFacts } from "../../runtime/examination.ts";
import { memoryLog } from "../../log/log.ts";
import { definePlugin, type Plugin } from "../../runtime/plugin.ts";
import { Connection } from "../../stream/connection.ts";
import { dial } from "../../stream/socket.ts";
import { greet } from "../../wire/companion.ts";
import { StanzaError } from "../../xmpp/error.ts";
import { Changes } from "./changes.ts";

export interface ExamineOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that the server has for what it does by itself; default five seconds. */
  readonly patience?: number;
}

/** Examines every host. Rejects with `ConnectionError` when there is no stream. */
export async function examine(config: Config, { signal, patience = 5000 }: ExamineOptions): Promise<HostFacts[]> {
  const changes = new Changes();
  await using component = await startComponent({
    config,
    plugins: [examiner(changes)],
    log: memoryLog(),
    openStore: () => Promise.reject(new Error("Cannot open a store: nothing is archived here")),
    send: (stanza) => stream.send(stanza),
  });
  const socket = await dial(config.component, signal);
  const stream: Connection = new Connection(socket, config.component, {
    take(stanza): void {
      component.take(stanza);
      changes.tell();
    },
    // What cannot be read is not what is looked for.
    refuse: () => {},
  });
  stream.ended.catch(() => {});
  await stream.ready;
  const { links } = component;
  const domains = archivedDomains(config);
  await changes.until(() => domains.every((domain) => links.of(domain)?.isReady), patience);
  const facts = await links.examine(domains, patience / 1000);
  await stream.close();
  return facts;
}

/** Says what accounts are to show, and meets modules; one that is refused keeps what it has, and asks again later. */
function examiner(changes: Changes): Plugin {
  return definePlugin({
    name: "doctor",
    summary: "Looks at what the server lets Annals do",
    options: {},
    start(context): void {
      for (const feature of ACCOUNT_FEATURES) context.addFeature(feature, "account");
      const links = new Map(
        [...context.hosts, ...context.rooms].map((host) => [host, new CompanionLink(host, context, readAccountMarker)]),
      );
      for (const link of links.values()) context.addLink(link);
      context.hook(greet, (_, { from }) => {
        links.get(from.toString())?.open();
        changes.tell();
        throw new StanzaError("resource-constraint", "Annals is being examined");
      });
    },
  });
}
