/**
 * XEP-0313: Message Archive Management, version 1.1.3: requests and their replies. The form of a query and the results
 * have files of their own.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { bareElement, type Call, type Codec } from "./codec.ts";
import { attribute, onlyChild, optionalChild, readBoolean, readStamp } from "./reading.ts";
import { type Form, form, NS as NS_FORM } from "./xep0004.ts";
import { NS as NS_RSM, type ResultSet, resultSet, type ResultSetRequest, resultSetRequest } from "./xep0059.ts";
import { formatStamp } from "./xep0082.ts";
import { type ArchiveFilter, NS, readFilter, writeFilter } from "./xep0313_form.ts";

export { type ArchiveResult, result, writeResult } from "./xep0313_result.ts";
export { type ArchiveFilter, FORM, MAX_IDS, NS } from "./xep0313_form.ts";

/** §7: `before-id`, `after-id`, `ids`, flipped pages, metadata. */
export const NS_EXTENDED = "urn:xmpp:mam:2#extended";

/** §7: the field `include-groupchat` is understood. */
export const NS_GROUPCHAT_FIELD = "urn:xmpp:mam:2#groupchat-field";

/** Each result repeats the queryid, so a long one would multiply. */
const MAX_QUERYID = 1024;

/** §4: what is wanted of an archive. */
export interface ArchiveQuery extends ArchiveFilter {
  /** Repeated in each result. */
  readonly queryid?: string;
  /** Reserved for pubsub archives (§6.1.3). */
  readonly node?: string;
  /** §4.3.4: whether the page is to be sent newest first. */
  readonly flip: boolean;
  readonly set: ResultSetRequest;
}

/** §4.3.2: what ends a page. */
export interface Fin {
  /** True when nothing lies beyond the page. */
  readonly complete: boolean;
  /** True when the results may not change later; absent means that they may not. */
  readonly stable?: boolean;
  readonly queryid?: string;
  readonly set: ResultSet;
}

/** One end of an archive. */
export interface ArchiveEnd {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly stamp: number;
}

/** §5. */
export interface ArchiveMetadata {
  readonly start: ArchiveEnd;
  readonly end: ArchiveEnd;
}

const query: Codec<ArchiveQuery> = {
  name: "query",
  xmlns: NS,

  read(element): ArchiveQuery {
    const { queryid, node } = element.attrs;
    const submitted = optionalChild(element, "x", NS_FORM);
    const set = optionalChild(element, "set", NS_RSM);
    if (queryid !== undefined && queryid.length > MAX_QUERYID) {
      throw new StanzaError(
        "policy-violation",
        `Found a queryid of ${queryid.length} characters, expected at most ${MAX_QUERYID}`,
      );
    }
    return {
      ...(queryid !== undefined && { queryid }),
      ...(node !== undefined && { node }),
      ...(submitted && readFilter(form.read(submitted))),
      flip: element.getChild("flip-page", NS) !== undefined,
      set: set ? resultSetRequest.read(set) : {},
    };
  },

  write({ queryid, node, flip, set, ...filter }): Element {
    return xml(
      "query",
      { xmlns: NS, queryid, node },
      writeFilter(filter),
      Object.keys(set).length > 0 ? resultSetRequest.write(set) : undefined,
      flip ? xml("flip-page") : undefined,
    );
  },
};

const fin: Codec<Fin> = {
  name: "fin",
  xmlns: NS,

  read(element): Fin {
    const { complete = "false", stable, queryid } = element.attrs;
    return {
      complete: readBoolean(complete, 'the attribute "complete"'),
      ...(stable !== undefined && { stable: readBoolean(stable, 'the attribute "stable"') }),
      ...(queryid !== undefined && { queryid }),
      set: resultSet.read(onlyChild(element, "set", NS_RSM)),
    };
  },

  write({ complete, stable, queryid, set }): Element {
    return xml(
      "fin",
      { xmlns: NS, complete: complete ? "true" : undefined, stable: stable?.toString(), queryid },
      resultSet.write(set),
    );
  },
};

const offeredForm: Codec<Form> = {
  name: "query",
  xmlns: NS,
  read: (element) => form.read(onlyChild(element, "x", NS_FORM)),
  write: (offered) => xml("query", { xmlns: NS }, form.write(offered)),
};

const metadata: Codec<ArchiveMetadata | undefined> = {
  name: "metadata",
  xmlns: NS,

  read(element): ArchiveMetadata | undefined {
    const start = optionalChild(element, "start", NS);
    const end = optionalChild(element, "end", NS);
    if (start === undefined && end === undefined) return undefined;
    if (start === undefined || end === undefined) {
      throw new StanzaError(
        "bad-request",
        "Found only one of <start/> and <end/> in <metadata/>, expected both or none",
      );
    }
    return { start: readEnd(start), end: readEnd(end) };
  },

  write: (value) =>
    xml("metadata", { xmlns: NS }, value && writeEnd("start", value.start), value && writeEnd("end", value.end)),
};

/** §4: asks for a page; its messages come ahead of the reply. */
export const queryArchive: Call<ArchiveQuery, Fin> = { type: "set", query, reply: fin };

/** §4.1.5: asks which fields the form has. */
export const queryForm: Call<void, Form> = { type: "get", query: bareElement("query", NS), reply: offeredForm };

/** §5: asks for the two ends of the archive; `undefined` when it is empty. */
export const archiveMetadata: Call<void, ArchiveMetadata | undefined> = {
  type: "get",
  query: bareElement("metadata", NS),
  reply: metadata,
};

function readEnd(element: Element): ArchiveEnd {
  return {
    id: attribute(element, "id"),
    stamp: readStamp(attribute(element, "timestamp"), 'the attribute "timestamp"'),
  };
}

function writeEnd(name: "start" | "end", { id, stamp }: ArchiveEnd): Element {
  return xml(name, { id, timestamp: formatStamp(stamp) });
}
