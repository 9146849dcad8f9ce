/**
 * XEP-0359: Unique and Stable Stanza IDs, version 0.7.0.
 *
 * @module
 */
export const NS = "urn:xmpp:sid:0";
