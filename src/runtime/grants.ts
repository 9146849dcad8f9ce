/**
 * Grants of each server to the component: namespaces delegated to it (XEP-0355), privileges (XEP-0356).
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { NS as NS_DELEGATION, NS_1 as NS_DELEGATION_1, readGrant as readDelegated } from "../wire/xep0355.ts";
import {
  type Grant,
  NS as NS_PRIVILEGE,
  NS_1 as NS_PRIVILEGE_1,
  type PrivilegeNs,
  readGrant as readPrivileges,
} from "../wire/xep0356.ts";
import type { Log } from "../log/log.ts";
import { RareLine } from "../log/rare_line.ts";
import type { IncomingMessage } from "./plugin.ts";
import type { Router, Take } from "./router.ts";

/** The grants of the current stream, by virtual host. They end with the stream and are given again with the next. */
export class Grants {
  readonly #delegated = new Map<string, readonly string[]>();
  readonly #privileges = new Map<string, { readonly ns: PrivilegeNs; readonly grant: Grant }>();

  delegate(host: string, namespaces: readonly string[]): void {
    this.#delegated.set(host, namespaces);
  }

  privilege(host: string, ns: PrivilegeNs, grant: Grant): void {
    this.#privileges.set(host, { ns, grant });
  }

  /** The namespaces that a host delegates. */
  delegatedBy(host: string): readonly string[] {
    return this.#delegated.get(host) ?? [];
  }

  /** True when rosters of a host's accounts may be read. */
  allowsRoster(host: string): boolean {
    const roster = this.#privileges.get(host)?.grant.roster;
    return roster === "get" || roster === "both";
  }

  /** The version in which messages in the name of a host's accounts may be sent; `undefined` when they may not. */
  messagePrivilege(host: string): PrivilegeNs | undefined {
    const privilege = this.#privileges.get(host);
    return privilege?.grant.message === "outgoing" ? privilege.ns : undefined;
  }

  clear(): void {
    this.#delegated.clear();
    this.#privileges.clear();
  }
}

/** Learns of grants as servers announce them (XEP-0355 §4.2, XEP-0356 §4.2). Nobody but a server itself can grant. */
export function receiveGrants(
  grants: Grants,
  { router, hosts, log }: { router: Router; hosts: ReadonlySet<string>; log: Log },
): void {
  const ignored = new RareLine(log, {
    level: "warn",
    event: "grant-ignored",
    message: "Rejected a grant: its sender is not in `hosts`",
    count: "ignored_so_far",
  });

  function fromServer<T>(learn: (host: string, message: IncomingMessage<T>) => void): Take<T> {
    return (message) => {
      const host = message.from.toString();
      if (hosts.has(host)) learn(host, message);
      else ignored.add({ from: host });
    };
  }
  for (const xmlns of [NS_DELEGATION, NS_DELEGATION_1]) {
    router.take(
      { name: "delegation", xmlns, read: readDelegated },
      fromServer((host, message) => {
        const namespaces = message.read();
        // ejabberd says so once for each of our answers about what we can do.
        if (isDeepStrictEqual(namespaces, grants.delegatedBy(host))) return;
        grants.delegate(host, namespaces);
        log.info("delegation-granted", "The server delegates to this archive", { host, namespaces });
      }),
    );
  }
  for (const xmlns of [NS_PRIVILEGE, NS_PRIVILEGE_1] as const) {
    router.take(
      { name: "privilege", xmlns, read: readPrivileges },
      fromServer((host, granted) => {
        const { roster, message } = granted.read();
        grants.privilege(host, xmlns, { ...roster && { roster }, ...message && { message } });
        log.info("privilege-granted", "The server grants privileges to this archive", {
          host,
          roster,
          messages: message,
        });
      }),
    );
  }
}
