/**
 * XEP-0199: XMPP Ping, version 2.0.1.
 *
 * @module
 */
import { bareElement, type Call } from "./codec.ts";

export const NS = "urn:xmpp:ping";

export const ping: Call<void, void> = { type: "get", query: bareElement("ping", NS) };
