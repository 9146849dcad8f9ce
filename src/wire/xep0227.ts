/**
 * XEP-0227: Portable Import/Export Format for XMPP-IM Servers, version 1.1: hosts, users and their message archives (§4.10).
 *
 * @module
 */
import { xml } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";

export const NS = "urn:xmpp:pie:0";

/** §4.10: what is around the results of an archive. */
export const NS_ARCHIVE = "urn:xmpp:pie:0#mam";

/** §5. */
export const NS_INCLUDE = "http://www.w3.org/2001/XInclude";

/** The tags around what a file is about, which is too large to be an element. */
export interface Tags {
  readonly open: string;
  readonly close: string;
}

export const SERVER_DATA: Tags = tags("server-data", { xmlns: NS });

export const ARCHIVE: Tags = tags("archive", { xmlns: NS_ARCHIVE });

/** §4.1. */
export function hostTags(jid: string): Tags {
  return tags("host", { jid });
}

/** §4.2: `name` is the local part of the user's JID. */
export function userTags(name: string): Tags {
  return tags("user", { name });
}

function tags(name: string, attrs: Readonly<Record<string, string>>): Tags {
  return { open: `${serialize(xml(name, attrs)).slice(0, -"/>".length)}>\n`, close: `</${name}>\n` };
}
