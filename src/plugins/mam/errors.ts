/**
 * Refusals of this plugin: every stanza error that it answers with.
 *
 * @module
 */
import { quoted } from "../../wire/reading.ts";
import { VERSION } from "../../wire/companion.ts";
import { StanzaError } from "../../xmpp/error.ts";

export const REFUSALS = {
  /** XEP-0313 §"Data privacy". */
  notOwner: () => new StanzaError("forbidden", "An archive is open to its owner only"),
  noNodes: () => new StanzaError("item-not-found", "A user's archive has no nodes"),
  /** XEP-0059 §2.6: where a position cannot be derived from an index cheaply. */
  noIndex: () => new StanzaError("feature-not-implemented", "Pages are found by id, not by index"),
  /** XEP-0313 §"Limiting results by id", §"Requesting pages": an id that the archive does not hold is an error. */
  unknownId: () => (
    new StanzaError("item-not-found", "The archive holds no message with one of the ids that were named")
  ),
  notModule: () => new StanzaError("forbidden", "Only a server that this archive serves may speak as its module"),
  notUser: () => new StanzaError("bad-request", "Found what is no local part of a JID as a user"),
  version: (found: string) => (
    new StanzaError(
      "feature-not-implemented",
      `Found version ${quoted(found)} of the companion protocol, expected version ${VERSION}`,
    )
  ),
  full: () => new StanzaError("resource-constraint", "Too much waits to be stored"),
  notEnd: () => (
    new StanzaError("bad-request", "Found an <entry/> in the archive of somebody who is no end of its message")
  ),
  notOfHost: () => new StanzaError("bad-request", "Found an <entry/> whose message is of no room of this domain"),
  notRoom: () => new StanzaError("bad-request", "Found what is no local part of a JID as a room"),
  /** The module alone knows who may read a room. */
  notOfRoom: () => new StanzaError("forbidden", "Found a request to a room that its module has not decided about"),
  notId: () => new StanzaError("bad-request", "Found an <entry/> under an id that is none"),
};
