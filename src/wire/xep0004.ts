/**
 * XEP-0004: Data Forms, version 2.13.2; with FORM_TYPE of XEP-0068, version 1.3.0, and `<validate/>` of XEP-0122,
 * version 1.0.2. The parts that only people look at (titles, instructions, options, tables) are not read.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Codec } from "./codec.ts";
import { attribute, optionalChild, quoted } from "./reading.ts";

export const NS = "jabber:x:data";

/** XEP-0122: what the values of a field have to be. */
export const NS_VALIDATE = "http://jabber.org/protocol/xdata-validate";

const FORM_TYPES = ["form", "submit", "cancel", "result"] as const;

export interface Field {
  /** Its name, unique in the form. */
  readonly var: string;
  /** Such as `text-single`; may be missing in a submitted form. */
  readonly type?: string;
  /** Label for people. */
  readonly label?: string;
  readonly values: readonly string[];
  /** XEP-0122: a datatype such as `xs:string`; `open` when values outside a list are welcome. */
  readonly validate?: { readonly datatype: string; readonly open?: boolean };
  readonly required?: boolean;
}

export interface Form {
  readonly type: typeof FORM_TYPES[number];
  readonly fields: readonly Field[];
}

export const form: Codec<Form> = {
  name: "x",
  xmlns: NS,

  read(element): Form {
    const type = attribute(element, "type");
    const known = FORM_TYPES.find((name) => name === type);
    if (known === undefined) {
      throw new StanzaError("bad-request", `Found a form of type ${quoted(type)}, expected ${FORM_TYPES.join(", ")}`);
    }
    const fields = new Map<string, Field>();
    for (const child of element.getChildren("field", NS)) {
      // §3.2: only a field of type "fixed", which is text for people, may be without a name.
      if (child.attrs["var"] === undefined && child.attrs["type"] === "fixed") continue;
      const field = readField(child);
      if (fields.has(field.var)) {
        throw new StanzaError("bad-request", `Found more than one field ${quoted(field.var)} in a form, expected one`);
      }
      fields.set(field.var, field);
    }
    return { type: known, fields: [...fields.values()] };
  },

  write({ type, fields }): Element {
    return xml("x", { xmlns: NS, type }, ...fields.map(writeField));
  },
};

/** The FORM_TYPE of a form (XEP-0068 §3.1), `undefined` when it says none. */
export function formType(form: Form): string | undefined {
  return form.fields.find((field) => field.var === "FORM_TYPE")?.values[0];
}

function readField(element: Element): Field {
  const { type, label } = element.attrs;
  const validate = optionalChild(element, "validate", NS_VALIDATE);
  const required = element.getChild("required", NS) !== undefined;
  return {
    var: attribute(element, "var"),
    ...(type !== undefined && { type }),
    ...(label !== undefined && { label }),
    values: element.getChildren("value", NS).map((value) => value.getText()),
    ...(validate && { validate: readValidate(validate) }),
    ...(required && { required }),
  };
}

function writeField(field: Field): Element {
  return xml(
    "field",
    { var: field.var, type: field.type, label: field.label },
    field.validate && writeValidate(field.validate),
    field.required ? xml("required") : undefined,
    ...field.values.map((value) => xml("value", {}, value)),
  );
}

/** XEP-0122 §3.1: the datatype is `xs:string` unless it is given. */
function readValidate(element: Element): { datatype: string; open?: boolean } {
  const open = element.getChild("open", NS_VALIDATE) !== undefined;
  return { datatype: element.attrs["datatype"] ?? "xs:string", ...(open && { open }) };
}

function writeValidate({ datatype, open }: { datatype: string; open?: boolean }): Element {
  return xml("validate", { xmlns: NS_VALIDATE, datatype }, open ? xml("open") : undefined);
}
