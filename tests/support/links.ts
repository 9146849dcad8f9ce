/**
 * Links to hosts, for tests.
 *
 * @module
 */
import { Grants } from "../../src/runtime/grants.ts";
import type { HostLink } from "../../src/runtime/link.ts";
import { Links } from "../../src/runtime/links.ts";
import { PendingRequests } from "../../src/runtime/pending.ts";
import { PrivilegedLink, type PrivilegedLinkOptions } from "../../src/runtime/privileged_link.ts";
import { Jid } from "../../src/xmpp/jid.ts";

/** Privileged links to these hosts, which nobody examines. */
export function privilegedLinks(hosts: readonly string[], options: Partial<PrivilegedLinkOptions> = {}): Links {
  const send = () => Promise.resolve();
  const all = {
    component: Jid.parse("archive.a.test"),
    grants: new Grants(),
    pending: new PendingRequests(send),
    examiner: { examine: () => Promise.reject(new Error("Cannot examine a host: there is no stream")) },
    oneOfSeveral: false,
    send,
    ...options,
  };
  return new Links(hosts.map((host) => new PrivilegedLink(host, all)));
}

/** A link that is open, needs no grants, and delivers nothing. */
export function fakeLink(host: string): HostLink {
  return {
    host,
    isOpen: true,
    isReady: true,
    expectsCopies: false,
    noteDuplicate: () => true,
    deliver: () => undefined,
    missing: () => [],
    standing: () => Promise.resolve("needless"),
    examine: () => Promise.resolve({ link: "module", stored: null }),
  };
}
