/**
 * XEP-0421: Occupant identifiers for semi-anonymous MUCs, version 1.0.1.
 *
 * @module
 */
export const NS = "urn:xmpp:occupant-id:0";
