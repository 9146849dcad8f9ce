/**
 * XEP-0313: Message Archive Management, version 1.1.3: the form that says which messages are wanted (§4.1).
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Jid } from "../xmpp/jid.ts";
import { quoted, readBoolean, readStamp, readTypedJid } from "./reading.ts";
import { type Field, type Form, form, formType } from "./xep0004.ts";
import { formatStamp } from "./xep0082.ts";

export const NS = "urn:xmpp:mam:2";

/** The most ids that one query may ask for. */
export const MAX_IDS = 1000;

/** Filter of the messages that are wanted; all that are given must hold. */
export interface ArchiveFilter {
  /** §4.1.1: sent to or received from; any resource when it is a bare JID. */
  readonly with?: Jid;
  /** §4.1.2: received at this time or later, in milliseconds since 1970. */
  readonly start?: number;
  /** §4.1.2: received at this time or earlier, in milliseconds since 1970. */
  readonly end?: number;
  /** §4.1.3. */
  readonly beforeId?: string;
  /** §4.1.3. */
  readonly afterId?: string;
  /** §4.1.3: these and no others. */
  readonly ids?: readonly string[];
  /** §4.1.4: whether messages of rooms are wanted too. */
  readonly includeGroupchat?: boolean;
}

/** §4.1.5: the form as it is offered: every field, none of them required. */
export const FORM: Form = {
  type: "form",
  fields: [
    { var: "FORM_TYPE", type: "hidden", values: [NS] },
    { var: "with", type: "jid-single", values: [] },
    { var: "start", type: "text-single", values: [] },
    { var: "end", type: "text-single", values: [] },
    { var: "before-id", type: "text-single", values: [] },
    { var: "after-id", type: "text-single", values: [] },
    { var: "ids", type: "list-multi", values: [], validate: { datatype: "xs:string", open: true } },
    { var: "include-groupchat", type: "boolean", values: [] },
  ],
};

/** Reads a submitted form. Throws `StanzaError`: `feature-not-implemented` for a field that is not known (§4.1.5). */
export function readFilter(submitted: Form): ArchiveFilter {
  if (submitted.type !== "submit") {
    throw new StanzaError("bad-request", `Found a form of type "${submitted.type}", expected "submit"`);
  }
  const type = formType(submitted);
  if (type !== NS) {
    throw new StanzaError(
      "bad-request",
      `Found ${type === undefined ? "none" : quoted(type)} as FORM_TYPE, expected "${NS}"`,
    );
  }
  return submitted.fields.reduce<ArchiveFilter>((filter, field) => ({ ...filter, ...readField(field) }), {});
}

function readField(field: Field): ArchiveFilter {
  // XEP-0004 §3.6: an empty value is as good as none; so a form sent back the way it was offered filters nothing.
  const values = field.values.filter((value) => value !== "");
  const where = `the field ${quoted(field.var)}`;
  switch (field.var) {
    case "FORM_TYPE":
      return only(values, where, () => ({}));
    case "with":
      return only(values, where, (value) => ({ with: readTypedJid(value, where) }));
    case "start":
      return only(values, where, (value) => ({ start: readStamp(value, where) }));
    case "end":
      return only(values, where, (value) => ({ end: readEnd(value, where) }));
    case "before-id":
      return only(values, where, (value) => ({ beforeId: value }));
    case "after-id":
      return only(values, where, (value) => ({ afterId: value }));
    case "ids":
      return readIds(values);
    case "include-groupchat":
      return only(values, where, (value) => ({ includeGroupchat: readBoolean(value, where) }));
    default:
      // §4.1.5, last paragraph.
      throw new StanzaError("feature-not-implemented", `Found ${where}, which is not known here`);
  }
}

/**
 * Reads the field "end". A time without a fraction of a second names the whole second: clients such as Dino keep times in
 * seconds, and would lose the messages of a second that they have seen the beginning of.
 */
function readEnd(value: string, where: string): number {
  const stamp = readStamp(value, where);
  return /:\d\d\./.test(value) ? stamp : stamp + 999;
}

/** Reads a field that holds one value, or none. */
function only(values: readonly string[], where: string, read: (value: string) => ArchiveFilter): ArchiveFilter {
  const [value, second] = values;
  if (second !== undefined) {
    throw new StanzaError("bad-request", `Found ${values.length} values in ${where}, expected one`);
  }
  return value === undefined ? {} : read(value);
}

function readIds(values: readonly string[]): ArchiveFilter {
  const ids = [...new Set(values)];
  if (ids.length > MAX_IDS) {
    throw new StanzaError("policy-violation", `Found ${ids.length} ids, expected at most ${MAX_IDS}`);
  }
  return ids.length === 0 ? {} : { ids };
}

/** Writes the form; `undefined` when it would filter nothing. */
export function writeFilter(filter: ArchiveFilter): Element | undefined {
  const fields = [
    writeField("with", filter.with?.toString()),
    writeField("start", filter.start === undefined ? undefined : formatStamp(filter.start)),
    writeField("end", filter.end === undefined ? undefined : formatStamp(filter.end)),
    writeField("before-id", filter.beforeId),
    writeField("after-id", filter.afterId),
    writeField("ids", ...filter.ids ?? []),
    writeField("include-groupchat", filter.includeGroupchat?.toString()),
  ].filter(({ values }) => values.length > 0);
  if (fields.length === 0) return undefined;
  return form.write({ type: "submit", fields: [{ var: "FORM_TYPE", type: "hidden", values: [NS] }, ...fields] });
}

function writeField(name: string, ...values: (string | undefined)[]): Field {
  return { var: name, values: values.filter((value) => value !== undefined) };
}
