/**
 * Connects as Annals does, looks at what the server lets it do, and archives nothing meanwhile.
 *
 * @module
 */
import { ACCOUNT_FEATURES } from "../../plugins/mam/mod.ts";
import type { Answerer } from "../../runtime/delegation_probe.ts";
import { startComponent } from "../../runtime/component.ts";
import type { Config } from "../../runtime/config/config.ts";
import { memoryLog } from "../../runtime/log.ts";
import { definePlugin, type Plugin } from "../../runtime/plugin.ts";
import { Connection } from "../../stream/connection.ts";
import { dial } from "../../stream/socket.ts";
import { greet } from "../../wire/companion.ts";
import { discoInfo } from "../../wire/xep0030.ts";
import { ping } from "../../wire/xep0199.ts";
import { FORM, queryForm } from "../../wire/xep0313.ts";
import { forwarded, NS as NS_FORWARD } from "../../wire/xep0297.ts";
import { NS as NS_MAM } from "../../wire/xep0313.ts";
import { NS_1 as NS_DELEGATION_1, parseNode } from "../../wire/xep0355.ts";
import { writePrivileged } from "../../wire/xep0356.ts";
import type { Element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/error.ts";
import { Jid } from "../../xmpp/jid.ts";
import { message } from "../../xmpp/stanza.ts";
import { Changes } from "./changes.ts";

/** What was found of a host. */
export interface HostFacts {
  readonly host: string;
  /** Whether it answers; an error is an answer too (XEP-0199 §4.2). */
  answers: boolean;
  /** Whether it has a module of Annals' own: then it need not grant anything. */
  module: boolean;
  /** Whether it delegates archives (XEP-0355). */
  delegated: boolean;
  /** Whether it has asked what accounts are to show (XEP-0355 §7.2). */
  features: boolean;
  /** Which version of the delegation it speaks: ejabberd the older one. */
  older: boolean;
  /** Whether rosters may be read, and messages be sent in the name of accounts (XEP-0356). */
  roster: boolean;
  messages: boolean;
  /** Entity that answers archive queries of users. */
  answerer: Answerer;
  /** Whether a message in the name of an account came back. */
  returned: boolean;
  /** Whether a copy of that message was handed over. */
  copied: boolean;
}

export interface ExamineOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that the server has for what it does by itself; default five seconds. */
  readonly patience?: number;
}

/** Examines every host. Rejects with `ConnectionError` when there is no stream. */
export async function examine(config: Config, { signal, patience = 5000 }: ExamineOptions): Promise<HostFacts[]> {
  const facts = new Map(config.hosts.map((host) => [host, nothingOf(host)]));
  const changes = new Changes();
  await using component = await startComponent({
    config,
    plugins: [examiner(facts, changes)],
    log: memoryLog(),
    openStore: () => Promise.reject(new Error("Cannot open a store: nothing is archived here")),
    send: (stanza) => stream.send(stanza),
  });
  const socket = await dial(config.component, signal);
  const stream: Connection = new Connection(socket, config.component, {
    take(stanza): void {
      note(stanza, facts);
      component.take(stanza);
      for (const found of facts.values()) Object.assign(found, grantsOf(found.host));
      changes.tell();
    },
    // What cannot be read is not what is looked for.
    refuse: () => {},
  });
  stream.ended.catch(() => {});
  await stream.ready;
  const all = [...facts.values()];
  await changes.until(
    () => all.every(({ module, delegated, messages }) => module || (delegated && messages)),
    patience,
  );
  await Promise.all(all.map(async (found) => {
    found.answers = await answers(found);
    found.answerer = found.module ? "annals" : await component.probe.ask(found.host, patience / 1000);
  }));
  for (const found of all) await roundTrip(found);
  await changes.until(
    () => all.every(({ messages, returned, copied }) => !messages || (returned && copied)),
    patience / 2,
  );
  await stream.close();
  return all;

  function grantsOf(host: string): Partial<HostFacts> {
    const { grants } = component;
    return {
      delegated: grants.delegatedBy(host).includes(NS_MAM),
      roster: grants.allowsRoster(host),
      messages: grants.messagePrivilege(host) !== undefined,
    };
  }

  /** Servers also answer with errors for hosts that they do not have. */
  async function answers({ host, module, delegated, features, messages }: HostFacts): Promise<boolean> {
    if (module || delegated || features || messages) return true;
    try {
      await component.pending.ask(Jid.of("", host), ping, undefined, { timeout: patience / 1000 });
      return true;
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return false;
    }
  }

  /** A message from an account that there need not be, to ourselves. */
  async function roundTrip({ host }: HostFacts): Promise<void> {
    const xmlns = component.grants.messagePrivilege(host);
    if (xmlns === undefined) return;
    const own = Jid.parse(config.component.domain);
    const test = message(Jid.of(TESTER, host), own, ping.query.write());
    test.attrs.id = TESTER;
    const server = message(own, Jid.of("", host), writePrivileged(xmlns, test));
    server.attrs.from = own.toString();
    await stream.send(server);
  }
}

/** Who sends the test message, and its id. */
const TESTER = "annals-doctor";

function nothingOf(host: string): HostFacts {
  return {
    host,
    answers: false,
    module: false,
    delegated: false,
    features: false,
    older: false,
    roster: false,
    messages: false,
    answerer: "unknown",
    returned: false,
    copied: false,
  };
}

/** Says what accounts are to show, and meets modules; one that is refused keeps what it has, and asks again later. */
function examiner(facts: ReadonlyMap<string, HostFacts>, changes: Changes): Plugin {
  return definePlugin({
    name: "doctor",
    summary: "Looks at what the server lets Annals do",
    options: {},
    start(context): void {
      for (const feature of ACCOUNT_FEATURES) context.addFeature(feature, "account");
      context.hook(greet, (_, { from }) => {
        const found = facts.get(from.toString());
        if (found !== undefined) found.module = true;
        changes.tell();
        throw new StanzaError("resource-constraint", "Annals is being examined");
      });
      context.hook(queryForm, () => FORM);
      context.hook({ kind: "message", name: "forwarded", xmlns: NS_FORWARD }, ({ from, payload }) => {
        const found = facts.get(from.toString());
        if (found !== undefined && forwarded.read(payload).stanza.attrs.id === TESTER) found.copied = true;
      });
    },
  });
}

/** Takes note of what is no concern of a plugin's. */
function note(stanza: Element, facts: ReadonlyMap<string, HostFacts>): void {
  const { from = "", id } = stanza.attrs;
  if (stanza.is("message") && id === TESTER) {
    const found = facts.get(from.slice(TESTER.length + 1));
    if (found !== undefined) found.returned = true;
  }
  const found = facts.get(from);
  const query = stanza.is("iq") ? stanza.getChild(discoInfo.query.name, discoInfo.query.xmlns) : undefined;
  const node = query === undefined ? undefined : parseNode(discoInfo.query.read(query).node ?? "");
  if (found === undefined || node?.namespace !== NS_MAM) return;
  found.older = node.ns === NS_DELEGATION_1;
  if (node.bare) found.features = true;
}
