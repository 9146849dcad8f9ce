import { assert, assertEquals } from "@std/assert";
import { type Fixture, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import type { Condition } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { form } from "./xep0004.ts";
import { type ArchiveQuery, MAX_IDS, queryArchive } from "./xep0313.ts";
import { FORM, readFilter } from "./xep0313_form.ts";

const { query } = queryArchive;
const FORM_TYPE = "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>";

/** A query with a form of these fields. */
function submit(fields: string, formType = FORM_TYPE): string {
  return `<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>${formType}${fields}</x></query>`;
}

function fixture(name: string, fields: string, filter: Partial<ArchiveQuery>): Fixture<ArchiveQuery> {
  return [name, submit(fields), { ...filter, flip: false, set: {} }];
}

testRoundTrips(query, [
  fixture("a bare JID (§4.1.1)", "<field var='with'><value>juliet@capulet.lit</value></field>", {
    with: Jid.parse("juliet@capulet.lit"),
  }),
  fixture("a full JID (§4.1.1)", "<field var='with'><value>juliet@capulet.lit/balcony</value></field>", {
    with: Jid.parse("juliet@capulet.lit/balcony"),
  }),
  fixture(
    "two times (§4.1.2)",
    `<field var='start'><value>2010-06-07T00:00:00.000Z</value></field>
     <field var='end'><value>2010-07-07T13:23:54.001Z</value></field>`,
    { start: Date.UTC(2010, 5, 7), end: Date.UTC(2010, 6, 7, 13, 23, 54, 1) },
  ),
  fixture(
    "an end in milliseconds (as it is)",
    "<field var='end'><value>2010-07-07T13:23:54.000Z</value></field>",
    { end: Date.UTC(2010, 6, 7, 13, 23, 54) },
  ),
  fixture("the time 0", "<field var='end'><value>1970-01-01T00:00:00.000Z</value></field>", { end: 0 }),
  fixture(
    "two ids (§4.1.3)",
    `<field var='before-id'><value>09af3-cc343-b409f</value></field>
     <field var='after-id'><value>28482-98726-73623</value></field>`,
    { beforeId: "09af3-cc343-b409f", afterId: "28482-98726-73623" },
  ),
  fixture("a list of ids (§4.1.3)", "<field var='ids'><value>b</value><value>a</value></field>", { ids: ["b", "a"] }),
  fixture("messages of rooms (§4.1.4)", "<field var='include-groupchat'><value>true</value></field>", {
    includeGroupchat: true,
  }),
  fixture("no messages of rooms (§4.1.4)", "<field var='include-groupchat'><value>false</value></field>", {
    includeGroupchat: false,
  }),
]);

testReading(query, [
  fixture("a form without filters", "", {}),
  fixture(
    "the types of fields, whatever they are",
    `<field var='with' type='text-single'><value>a@b</value></field>
     <field var='ids' type='text-multi'><value>a</value></field>`,
    { with: Jid.parse("a@b"), ids: ["a"] },
  ),
  fixture("a time with an offset", "<field var='start'><value>2010-06-07T02:00:00+02:00</value></field>", {
    start: Date.UTC(2010, 5, 7),
  }),
  fixture("an address in capital letters", "<field var='with'><value>Juliet@CAPULET.lit</value></field>", {
    with: Jid.parse("juliet@capulet.lit"),
  }),
  fixture("an id given twice once", "<field var='ids'><value>a</value><value>a</value></field>", { ids: ["a"] }),
  fixture("1 for true", "<field var='include-groupchat'><value>1</value></field>", { includeGroupchat: true }),
  fixture(
    `${MAX_IDS} ids`,
    `<field var='ids'>${ids(MAX_IDS).map((id) => `<value>${id}</value>`).join("")}</field>`,
    { ids: ids(MAX_IDS) },
  ),
  fixture(
    "fields without a value as if they were not there (XEP-0004 §3.6)",
    `<field var='with'/><field var='start'><value/></field><field var='end'/><field var='before-id'><value/></field>
     <field var='after-id'/><field var='ids'><value/></field><field var='include-groupchat'/>`,
    {},
  ),
  [
    "an end without a fraction of a second, which is its whole second",
    submit("<field var='end'><value>2010-07-07T13:23:54Z</value></field>"),
    { end: Date.UTC(2010, 6, 7, 13, 23, 54, 999), flip: false, set: {} },
  ],
  [
    "a FORM_TYPE that comes last and without a type",
    submit(
      "<field var='after-id'><value>a</value></field><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>",
      "",
    ),
    { afterId: "a", flip: false, set: {} },
  ],
]);

testRefusals(query, [
  [
    "a field that is not known (§4.1.5)",
    submit("<field var='{http://example.com/}free-text-search'><value>x</value></field>"),
    "feature-not-implemented",
    'Found the field "{http://example.com/}free-text-search", which is not known here',
  ],
  [
    "a field that is not known, though empty",
    submit("<field var='withtext'/>"),
    "feature-not-implemented",
    'Found the field "withtext", which is not known here',
  ],
  [
    "a field named like what every object has",
    submit("<field var='constructor'><value>x</value></field>"),
    "feature-not-implemented",
    'Found the field "constructor", which is not known here',
  ],
  ["no FORM_TYPE", submit("", ""), "bad-request", 'Found none as FORM_TYPE, expected "urn:xmpp:mam:2"'],
  [
    "the FORM_TYPE of an older version",
    submit("", "<field var='FORM_TYPE'><value>urn:xmpp:mam:1</value></field>"),
    "bad-request",
    'Found "urn:xmpp:mam:1" as FORM_TYPE, expected "urn:xmpp:mam:2"',
  ],
  [
    "a form that is not submitted",
    "<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='form'/></query>",
    "bad-request",
    'Found a form of type "form", expected "submit"',
  ],
  ...refusedValues("with", ["a@b@c", "a b@c", "/x"], "expected a JID"),
  ...refusedValues("start", ["2010", "2010-02-30T00:00:00Z"], "expected a time such as 2026-11-22T18:00:00Z"),
  ...refusedValues("end", ["2010-06-07T00:00:00"], "expected a time such as 2026-11-22T18:00:00Z"),
  ...refusedValues("include-groupchat", ["yes", "TRUE"], 'expected "true" or "false"'),
  ...["with", "start", "end", "before-id", "after-id", "include-groupchat"].map((name) =>
    [
      `two values of ${name}`,
      submit(`<field var='${name}'><value>a</value><value>b</value></field>`),
      "bad-request",
      `Found 2 values in the field "${name}", expected one`,
    ] as const
  ),
  [
    "too many ids",
    submit(`<field var='ids'>${ids(MAX_IDS + 1).map((id) => `<value>${id}</value>`).join("")}</field>`),
    "policy-violation",
    `Found ${MAX_IDS + 1} ids, expected at most ${MAX_IDS}`,
  ],
]);

Deno.test("FORM comes back as it was offered and filters nothing (§4.1.5)", () => {
  assertEquals(readFilter({ ...form.read(form.write(FORM)), type: "submit" }), {});
});

Deno.test("FORM requires no field, and takes ids that it does not list (§4.1, §4.1.5)", () => {
  assert(FORM.fields.every((field) => !field.required));
  assertEquals(FORM.fields.find((field) => field.var === "ids")?.validate, { datatype: "xs:string", open: true });
});

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `id-${index}`);
}

function refusedValues(
  name: string,
  values: readonly string[],
  expected: string,
): [string, string, Condition, string][] {
  return values.map((value) => [
    `${value} in ${name}`,
    submit(`<field var='${name}'><value>${value}</value></field>`),
    "bad-request",
    `Found "${value}" in the field "${name}", ${expected}`,
  ]);
}
