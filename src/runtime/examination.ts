/**
 * Facts that an examination finds: what a server lets Annals do.
 *
 * @module
 */
import type { Control } from "./control/control.ts";
import type { Answerer } from "./delegation_probe.ts";

/** Facts about a host on the privileged link. */
export interface PrivilegedFacts {
  readonly link: "privileged";
  /** True when the server has no such host. */
  readonly foreign: boolean;
  /** True when it delegates archives (XEP-0355). */
  readonly delegated: boolean;
  /** True when it has asked on this stream what accounts are to show (XEP-0355 §7.2); Prosody asks once a start. */
  readonly features: boolean;
  /** True when rosters may be read (XEP-0356). */
  readonly roster: boolean;
  /** True when messages may be sent in the name of accounts (XEP-0356). */
  readonly messages: boolean;
  readonly answerer: Answerer;
  /** True for ejabberd, which copies what users' clients send, and delegates what Annals itself asks. */
  readonly ejabberd: boolean;
  /** True when a message in the name of an account came back. */
  readonly returned: boolean;
  /** True when a copy of that message was handed over. */
  readonly copied: boolean;
  /** Copies on this stream. */
  readonly copies: number;
  /** Requests of users on this stream. */
  readonly asked: number;
}

/** Facts about a host with a module of Annals' own, which need not grant anything. */
export interface ModuleFacts {
  readonly link: "module";
  /**
   * True when all that the module has handed over is stored; `null` where that is not told, as to the doctor itself, which
   * stores nothing.
   */
  readonly stored: boolean | null;
}

/** Facts that a link reports. */
export type LinkFacts = PrivilegedFacts | ModuleFacts;

/** Facts about a host. */
export type HostFacts = { readonly host: string } & LinkFacts;

/** Facts about the running service. */
export interface Examination {
  readonly connected: boolean;
  /** Facts about each host; none without a connection. */
  readonly hosts: readonly HostFacts[];
  /** True when the archives take what is written to them. */
  readonly writes: boolean;
}

/** Examines the service, and all hosts over its stream. */
export const examining: Control<null, Examination> = { name: "examine", read: () => null };
