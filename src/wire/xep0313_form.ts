/**
 * XEP-0313: Message Archive Management, version 1.1.3: the form that says which messages are wanted (§4.1).
 *
 * A field without a value, as in a form that is sent back the way it was offered, filters nothing. An empty value is
 * a value like any other: to take it for "all" would answer another question than was asked.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Jid } from "../xmpp/jid.ts";
import { quoted, readBoolean, readJid } from "./reading.ts";
import { type Field, type Form, form, formType } from "./xep0004.ts";
import { formatStamp } from "./xep0082.ts";
import { readStamp } from "./xep0203.ts";

export const NS = "urn:xmpp:mam:2";

/** The most ids that one query may ask for. */
export const MAX_IDS = 1000;

/** Which messages are wanted; all that are given must hold. */
export interface Filter {
  /** §4.1.1: sent to or received from; any resource when it is a bare JID. */
  readonly with?: Jid;
  /** §4.1.2: received at this time or later, in milliseconds since 1970. */
  readonly start?: number;
  /** §4.1.2: received at this time or earlier. */
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

/** How each field is read. */
const READERS: Readonly<Record<string, (field: Field, value: string, where: string) => Filter>> = {
  "FORM_TYPE": () => ({}),
  "with": (_, value, where) => ({ with: readJid(value.trim(), where) }),
  "start": (_, value, where) => ({ start: readStamp(value.trim(), where) }),
  "end": (_, value, where) => ({ end: readStamp(value.trim(), where) }),
  "before-id": (_, value) => ({ beforeId: readId(value) }),
  "after-id": (_, value) => ({ afterId: readId(value) }),
  "ids": ({ values }) => ({ ids: readIds(values) }),
  "include-groupchat": (_, value, where) => ({ includeGroupchat: readBoolean(value, where) }),
};

/** Reads a submitted form. Throws `StanzaError`: `feature-not-implemented` for a field that is not known (§4.1.5). */
export function readFilter(submitted: Form): Filter {
  if (submitted.type !== "submit") {
    throw new StanzaError("bad-request", `Found a form of type "${submitted.type}", expected "submit"`);
  }
  const type = formType(submitted);
  if (type !== NS) {
    throw new StanzaError(
      "bad-request",
      `Found ${type === undefined ? "no" : `the`} FORM_TYPE${
        type === undefined ? "" : ` ${quoted(type)}`
      }, expected "${NS}"`,
    );
  }
  return Object.assign({}, ...submitted.fields.map(readField));
}

function readField(field: Field): Filter {
  const reader = Object.hasOwn(READERS, field.var) ? READERS[field.var] : undefined;
  if (reader === undefined) {
    throw new StanzaError("feature-not-implemented", `The field ${quoted(field.var)} is not known here`);
  }
  const [value, second] = field.values;
  if (value === undefined) return {};
  if (second !== undefined && field.var !== "ids") {
    throw new StanzaError(
      "bad-request",
      `Found ${field.values.length} values in the field "${field.var}", expected one`,
    );
  }
  return reader(field, value, `the field "${field.var}"`);
}

function readIds(values: readonly string[]): string[] {
  const ids = new Set(values.map(readId));
  if (ids.size > MAX_IDS) {
    throw new StanzaError("policy-violation", `Found ${ids.size} ids, expected at most ${MAX_IDS}`);
  }
  return [...ids];
}

/** §4.1.3: an id that is not in the archive is `item-not-found`, and no archive has an empty one. */
function readId(id: string): string {
  if (id === "") throw new StanzaError("item-not-found", "Found an empty id");
  return id;
}

/** Writes the form, `undefined` when it would filter nothing. */
export function writeFilter(filter: Filter): Element | undefined {
  const fields = [
    ["with", filter.with?.toString()],
    ["start", filter.start === undefined ? undefined : formatStamp(filter.start)],
    ["end", filter.end === undefined ? undefined : formatStamp(filter.end)],
    ["before-id", filter.beforeId],
    ["after-id", filter.afterId],
    ["ids", ...filter.ids ?? []],
    ["include-groupchat", filter.includeGroupchat?.toString()],
  ].flatMap(([name = "", ...values]): Field[] => {
    const given = values.filter((value) => value !== undefined);
    return given.length === 0 ? [] : [{ var: name, values: given }];
  });
  if (fields.length === 0) return undefined;
  return form.write({ type: "submit", fields: [{ var: "FORM_TYPE", type: "hidden", values: [NS] }, ...fields] });
}
