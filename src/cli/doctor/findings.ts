/**
 * Findings of the doctor as text, with what mends them.
 *
 * @module
 */
import { StreamError } from "../../xmpp/error.ts";
import type { ConnectionError } from "../../stream/error.ts";
import { DELEGATION, PRIVILEGE, serviceLog } from "../setup/ejabberd.ts";
import { FIREWALL_CHAINS } from "../setup/firewall.ts";
import { delegation, firewallScripts, privileges } from "../setup/prosody.ts";
import type { HostFacts, ModuleFacts, PrivilegedFacts } from "../../runtime/examination.ts";

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

/** Facts of one kind, and the host that they are about. */
type Of<Facts> = Facts & { readonly host: string };

/** Returns all that is to be said of a host. */
export function ofHost(facts: HostFacts, component: string): Finding[] {
  switch (facts.link) {
    case "module":
      return ofModule(facts);
    case "privileged":
      return ofPrivileged(facts, component);
  }
}

/** Returns what is said of the running service. */
export function ofStore(writes: boolean): Finding {
  return check(writes, "the archives take what is written to them", "the archives take nothing: messages wait", [
    "the service's log says why",
  ]);
}

/** Returns what is said of a domain of rooms whose module has not greeted. */
export function ofMissingRooms(domain: string): Finding {
  return {
    ok: false,
    found: `${domain} has no module that hands its rooms over: nothing of them is archived`,
    mend: [
      `Prosody: annals_hosts of the component, or modules_enabled = { "annals" } in Component "${domain}" "muc"`,
      "config.toml: rooms, without it where rooms keep an archive of the server's own",
    ],
  };
}

function ofModule({ host, stored }: Of<ModuleFacts>): Finding[] {
  const has = { ok: true, found: `${host} has the module: it hands messages over, and need not grant anything` };
  if (stored === null) return [has];
  return [
    has,
    check(
      stored,
      `${host}: a message handed over now is stored`,
      `${host}: what the module hands over is not stored in time, and waits`,
      ["the logs of Annals and Prosody say why"],
    ),
  ];
}

function ofPrivileged(facts: Of<PrivilegedFacts>, component: string): Finding[] {
  if (facts.foreign) {
    const found = `${facts.host} is no host of this server`;
    return [{ ok: false, found, mend: ["config.toml: hosts, by the names that the server has"] }];
  }
  return [...ofDelegation(facts, component), ...ofPrivileges(facts, component), ...ofMessages(facts, component)];
}

function ofDelegation(facts: Of<PrivilegedFacts>, component: string): Finding[] {
  const { host, delegated, features, asked } = facts;
  const delegates = check(
    delegated,
    `${host} delegates its archives to Annals`,
    `${host} neither has the module nor delegates its archives (XEP-0355): users cannot reach them`,
    [
      `Prosody: what "annals setup prosody" prints, or without the module, in VirtualHost "${host}": ${
        delegation(component)
      }`,
      `ejabberd, in modules: ${DELEGATION}`,
    ],
  );
  if (!delegated) return [delegates];
  return [
    delegates,
    features || asked > 0 ? { ok: true, found: `${host} shows the archive on accounts` } : unchecked(
      `what accounts of ${host} show: it asks only the first connection, and this is a later one`,
      ["where clients do not find urn:xmpp:mam:2 on the account: restart the server"],
    ),
    ofAnswerer(facts),
  ];
}

/** Prosody delegates nothing that Annals itself asks: there, a user has to ask. */
function ofAnswerer({ host, answerer, ejabberd, asked }: Of<PrivilegedFacts>): Finding {
  if (answerer === "annals" || !ejabberd && answerer === "nobody" && asked > 0) {
    return { ok: true, found: `${host} has Annals answer archive queries` };
  }
  switch (answerer) {
    case "another":
      return {
        ok: false,
        found: `${host} answers archive queries by an archive of its own: users do not see what is in Annals`,
        mend: [
          "ejabberd, in modules: remove mod_mam, or keep it for rooms: mod_mam: { default: never }; then restart ejabberd",
        ],
      };
    case "nobody":
      if (!ejabberd) {
        return unchecked(`who answers users of ${host}, as it does not delegate what Annals asks`, [
          "have a client ask for its archive while the service runs, and ask again",
          'if it stays so, Prosody, in modules_enabled: remove "mam"',
        ]);
      }
      return {
        ok: false,
        found: `${host} has nobody answer archive queries, although it has delegated them`,
        mend: ["restart Annals: ejabberd has loaded mod_delegation anew, and delegates when a component connects"],
      };
    case "unknown":
      return unchecked(`who answers users of ${host}: no answer came`);
  }
}

function ofPrivileges({ host, messages, roster }: Of<PrivilegedFacts>, component: string): Finding[] {
  const privilege = lines(host, privileges(component), PRIVILEGE);
  return [
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

function ofMessages(facts: Of<PrivilegedFacts>, component: string): Finding[] {
  const { host, messages, returned } = facts;
  if (!messages) return [];
  const back = check(
    returned,
    `${host} has sent a message in the name of an account, and it came back`,
    `${host} did not send a message in the name of an account, although it grants that`,
    [`Component "${component}": modules_enabled = { "delegation"; "privilege" }`],
  );
  if (!returned) return [back];
  const blocked =
    `${host}: but a message that its recipient has blocked is archived for him, too: ejabberd copies it before`;
  return [back, ...facts.ejabberd ? [{ ok: true, found: blocked }] : [], ofCopies(facts, component)];
}

/** A user's client that has asked for its archive would have been copied by ejabberd. */
function ofCopies({ host, copied, copies, asked, ejabberd }: Of<PrivilegedFacts>, component: string): Finding {
  if (copied || ejabberd && copies > 0) return { ok: true, found: `${host} hands copies of messages over` };
  const logger = `ejabberd, in modules: ${serviceLog(component)}`;
  if (ejabberd && asked === 0) {
    return unchecked(
      `whether ${host} hands copies of messages over: ejabberd copies what clients send, and none has sent anything`,
      ["log in as a user, and ask again while you are online", `if it stays so, ${logger}`],
    );
  }
  if (ejabberd) {
    return {
      ok: false,
      found: `${host} hands over no copy of what its users send: messages are not archived`,
      mend: [logger],
    };
  }
  return {
    ok: false,
    found: `${host} did not hand a copy of that message over: messages are not archived`,
    mend: [
      `Prosody, in VirtualHost "${host}": ${firewallScripts(host)}; ${FIREWALL_CHAINS}`,
      'and that file, which "annals setup prosody --standard" prints',
    ],
  };
}

function lines(host: string, prosody: string, ejabberd: string): string[] {
  return [`Prosody, in VirtualHost "${host}": ${prosody}`, `ejabberd, in modules: ${ejabberd}`];
}

function check(ok: boolean, good: string, bad: string, mend: readonly string[]): Finding {
  return ok ? { ok, found: good } : { ok, found: bad, mend };
}

/** Returns what is said where something could not be checked: neither that it is well nor that it is not. */
export function unchecked(found: string, mend?: readonly string[]): Finding {
  return { ok: null, found: `not checked: ${found}`, ...mend && { mend } };
}
