/**
 * What the doctor says of what was found, and what mends it.
 *
 * @module
 */
import { StreamError } from "../../xmpp/error.ts";
import type { ConnectionError } from "../../stream/error.ts";
import { DELEGATION, PRIVILEGE } from "../setup/ejabberd.ts";
import { FIREWALL_CHAINS } from "../setup/firewall.ts";
import { delegation, firewallScripts, privileges } from "../setup/prosody.ts";
import type { HostFacts } from "./examine.ts";

/** One thing that was looked at. */
export interface Finding {
  /** `null` where the check could not be made. */
  readonly ok: boolean | null;
  readonly found: string;
  /** The lines that mend it. */
  readonly mend?: readonly string[];
}

/** Why there is no connection. */
export function ofFailure(
  { cause, message }: ConnectionError,
  { domain, port }: { readonly domain: string; readonly port: number },
): Finding {
  const condition = cause instanceof StreamError ? cause.condition : "";
  const mends: Readonly<Record<string, string>> = {
    "not-authorized": `component_secret = "the secret of config.toml"`,
    "host-unknown": `Component "${domain}"`,
    "": `component_ports = { ${port} }`,
  };
  const line = mends[condition];
  if (line === undefined) return { ok: false, found: message };
  return {
    ok: false,
    found: message,
    mend: [`Prosody: ${line}`, 'ejabberd: the section "listen" that "annals setup ejabberd" prints'],
  };
}

/** All that is to be said of a host. */
export function ofHost(facts: HostFacts, component: string): Finding[] {
  const { host, answers, module } = facts;
  return [
    check(answers, `${host} answers`, `${host} does not answer`, [
      `hosts in config.toml: is ${host} one of the server's? It neither knows Annals nor answers a ping`,
    ]),
    ...module ? [{ ok: true, found: `${host} has the module: it hands messages over, and need not grant anything` }] : [
      ...ofGrants(facts, component),
      ...ofAnswerer(facts),
      ...ofMessages(facts, component),
    ],
  ];
}

function ofGrants({ host, delegated, features, messages, roster }: HostFacts, component: string): Finding[] {
  const privilege = lines(host, privileges(component), PRIVILEGE);
  return [
    check(
      delegated,
      `${host} delegates its archives to Annals`,
      `${host} neither has the module nor delegates its archives (XEP-0355): users cannot reach them`,
      [
        `Prosody: what "annals setup prosody" prints, or without the module, in VirtualHost "${host}": ${
          delegation(component)
        }`,
        `ejabberd, in modules: ${DELEGATION}`,
      ],
    ),
    ...delegated
      ? [
        features ? { ok: true, found: `${host} shows the archive on accounts` } : {
          ok: null,
          found: `${host}: not checked what accounts show: it asks only the first connection, and this is a later one`,
          mend: ["where clients do not find urn:xmpp:mam:2 on the account: restart the server"],
        },
      ]
      : [],
    check(
      messages,
      `${host} lets Annals send archived messages`,
      `${host} grants no privilege for messages (XEP-0356): users cannot read their archives`,
      privilege,
    ),
    check(
      roster,
      `${host} lets Annals read rosters`,
      `${host} grants no privilege for rosters (XEP-0356): nothing is kept for who keeps contacts only`,
      privilege,
    ),
  ];
}

/** An archive of the server's own hides what is in Annals. */
function ofAnswerer({ host, delegated, answerer }: HostFacts): Finding[] {
  if (!delegated) return [];
  const mend = [
    `Prosody, in modules_enabled: remove "mam"`,
    "ejabberd, in modules: remove mod_mam, or keep it for rooms: mod_mam: { default: never }; then restart ejabberd",
  ];
  if (answerer === "unknown" || answerer === "nobody") {
    // Prosody delegates requests of others only.
    return [{
      ok: null,
      found: `${host}: not checked who answers users, as it does not delegate what Annals asks`,
      mend,
    }];
  }
  return [
    check(
      answerer === "annals",
      `${host} has Annals answer archive queries`,
      `${host} answers archive queries by an archive of its own: users do not see what is in Annals`,
      mend,
    ),
  ];
}

function ofMessages({ host, messages, returned, copied, older }: HostFacts, component: string): Finding[] {
  if (!messages) return [];
  const back = check(
    returned,
    `${host} has sent a message in the name of an account, and it came back`,
    `${host} did not send a message in the name of an account, although it grants that`,
    [`Component "${component}": modules_enabled = { "delegation"; "privilege" }`],
  );
  if (!returned) return [back];
  // ejabberd copies what sessions send and receive, and there was none.
  if (older && !copied) {
    return [back, {
      ok: true,
      found:
        `${host}: but a message that its recipient has blocked is archived for him, too: ejabberd copies it before`,
    }, {
      ok: null,
      found:
        `${host}: not checked that messages are handed over: ejabberd copies what clients send, and no client is here`,
      mend: [
        `ejabberd, in modules: is there mod_service_log: { loggers: ["${component}"] }?`,
        'when a client has sent a message, "annals stats" counts it',
      ],
    }];
  }
  const copy = check(
    copied,
    `${host} hands copies of messages over`,
    `${host} did not hand a copy of that message over: messages are not archived`,
    [
      `Prosody, in VirtualHost "${host}": ${firewallScripts(host)}; ${FIREWALL_CHAINS}`,
      'and that file, which "annals setup prosody --standard" prints',
    ],
  );
  return [back, copy];
}

function lines(host: string, prosody: string, ejabberd: string): string[] {
  return [`Prosody, in VirtualHost "${host}": ${prosody}`, `ejabberd, in modules: ${ejabberd}`];
}

function check(ok: boolean, good: string, bad: string, mend: readonly string[]): Finding {
  return ok ? { ok, found: good } : { ok, found: bad, mend };
}
