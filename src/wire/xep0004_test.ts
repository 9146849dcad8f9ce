import { assertEquals } from "@std/assert";
import { testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { form, formType } from "./xep0004.ts";

testRoundTrips(form, [
  ["a form without fields", "<x xmlns='jabber:x:data' type='cancel'/>", { type: "cancel", fields: [] }],
  [
    "a field of every part",
    `<x xmlns='jabber:x:data' type='form'>
      <field var='ids' type='list-multi' label='Which'>
        <validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:string'><open/></validate>
        <required/>
        <value>a</value>
        <value/>
      </field>
    </x>`,
    {
      type: "form",
      fields: [{
        var: "ids",
        type: "list-multi",
        label: "Which",
        values: ["a", ""],
        validate: { datatype: "xs:string", open: true },
        required: true,
      }],
    },
  ],
  [
    "a closed datatype (XEP-0122 §3.1)",
    `<x xmlns='jabber:x:data' type='result'>
      <field var='when'>
        <validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:dateTime'/>
      </field>
    </x>`,
    { type: "result", fields: [{ var: "when", values: [], validate: { datatype: "xs:dateTime" } }] },
  ],
  [
    "fields in their order",
    `<x xmlns='jabber:x:data' type='submit'>
      <field var='b'><value> 1 </value></field>
      <field var='a'><value>2</value></field>
    </x>`,
    { type: "submit", fields: [{ var: "b", values: [" 1 "] }, { var: "a", values: ["2"] }] },
  ],
]);

testReading(form, [
  [
    "past what only people look at",
    `<x xmlns='jabber:x:data' type='form'>
      <title>Search</title>
      <instructions>Fill in</instructions>
      <field type='fixed'><value>Section 1</value></field>
      <field var='a'><desc>A</desc><option label='One'><value>1</value></option></field>
    </x>`,
    { type: "form", fields: [{ var: "a", values: [] }] },
  ],
  [
    "the datatype that goes without saying (XEP-0122 §3.1)",
    `<x xmlns='jabber:x:data' type='form'>
      <field var='a'><validate xmlns='http://jabber.org/protocol/xdata-validate'/></field>
    </x>`,
    { type: "form", fields: [{ var: "a", values: [], validate: { datatype: "xs:string" } }] },
  ],
]);

testRefusals(form, [
  ["no type", "<x xmlns='jabber:x:data'/>", "bad-request", 'Found <x/> without the attribute "type"'],
  [
    "a type that is none",
    "<x xmlns='jabber:x:data' type='error'/>",
    "bad-request",
    'Found a form of type "error", expected form, submit, cancel, result',
  ],
  [
    "a field without a name (§3.2)",
    "<x xmlns='jabber:x:data' type='submit'><field><value>1</value></field></x>",
    "bad-request",
    'Found <field/> without the attribute "var"',
  ],
  [
    "a field twice (§3.2)",
    "<x xmlns='jabber:x:data' type='submit'><field var='a'/><field var='a'/></x>",
    "bad-request",
    'Found more than one field "a" in a form, expected one',
  ],
]);

Deno.test("formType() is the value of FORM_TYPE (XEP-0068 §3.1)", () => {
  const fields = [{ var: "a", values: ["1"] }, { var: "FORM_TYPE", values: ["urn:example"] }];
  assertEquals(formType({ type: "submit", fields }), "urn:example");
  assertEquals(formType({ type: "submit", fields: [] }), undefined);
});
