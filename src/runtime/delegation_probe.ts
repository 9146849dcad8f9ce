/**
 * Finds out who answers archive queries of a host's users.
 *
 * @module
 */
import { queryForm } from "../wire/xep0313.ts";
import type { Element } from "../xml/element.ts";
import { conditionOf } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import type { PendingRequests } from "./pending.ts";

/**
 * The one that answers: Annals, another module of the server, or nobody; `unknown` without any answer in time. Prosody
 * delegates nothing that the component itself asks, so there it is always nobody.
 */
export type Answerer = "annals" | "another" | "nobody" | "unknown";

/** Errors of a server that has nobody for a query. ejabberd keeps a handler for a moment when its delegation is gone. */
const NOBODY: ReadonlySet<string> = new Set(["service-unavailable", "internal-server-error"]);

/** Seconds until a server has answered. */
const PATIENCE = 10;

/** Asks as a user's client would, of an account that cannot exist, and watches whether the query comes back to Annals. */
export class DelegationProbe {
  readonly #pending: Pick<PendingRequests, "ask">;
  /** Accounts that are asked; true once their query has come back. */
  readonly #asked = new Map<string, boolean>();

  constructor(pending: Pick<PendingRequests, "ask">) {
    this.#pending = pending;
  }

  /** Notes a request that a server has delegated. */
  note({ attrs: { to = "" } }: Element): void {
    if (this.#asked.has(to)) this.#asked.set(to, true);
  }

  /** Asks. Rejects where there is no stream. */
  async ask(host: string, patience: number = PATIENCE): Promise<Answerer> {
    const account = Jid.of(`annals-probe-${crypto.randomUUID()}`, host);
    this.#asked.set(account.toString(), false);
    try {
      const condition = await conditionOf(this.#pending.ask(account, queryForm, undefined, { timeout: patience }));
      if (this.#asked.get(account.toString())) return "annals";
      if (condition === "remote-server-timeout") return "unknown";
      return condition !== undefined && NOBODY.has(condition) ? "nobody" : "another";
    } finally {
      this.#asked.delete(account.toString());
    }
  }
}
