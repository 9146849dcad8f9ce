/**
 * Notices a server that is gone without a word: a connection that is half open only looks idle.
 *
 * @module
 */
import { pause } from "../lib/pause.ts";
import { ConnectionError } from "../stream/error.ts";
import { ping } from "../wire/xep0199.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import type { Component } from "./component.ts";

/** Milliseconds of silence after which the server is asked for a sign of life. */
const SILENCE = 60_000;

export interface LivenessOptions {
  readonly component: Pick<Component, "pending">;
  /** The virtual hosts of the server; one of them is asked. */
  readonly hosts: readonly string[];
  /** Milliseconds since the server was last heard. */
  readonly silentFor: () => number;
  readonly signal: AbortSignal;
}

/** Watches until the signal. Rejects with `ConnectionError` when the server does not answer. */
export async function watchLiveness({ component, hosts, silentFor, signal }: LivenessOptions): Promise<void> {
  const server = Jid.parse(hosts[0] ?? "");
  while (!signal.aborted) {
    const left = SILENCE - silentFor();
    if (left > 0) {
      await pause(left, signal);
      continue;
    }
    try {
      await component.pending.ask(server, ping, undefined);
    } catch (cause) {
      // XEP-0199 §4.2: an error is an answer too.
      if (cause instanceof StanzaError && cause.condition !== "remote-server-timeout") continue;
      throw new ConnectionError("lost", "The server gives no sign of life", { cause });
    }
  }
}
