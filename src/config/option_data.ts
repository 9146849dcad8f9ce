/**
 * Options as plain data: what a plugin that is loaded from disk, and can import nothing, declares.
 *
 * ```js ignore
 * options: { greeting: { type: "text", default: "Hello", doc: "What newcomers are told" } }
 * ```
 *
 * @module
 */
import { isTable } from "./toml.ts";
import {
  type About,
  choice,
  domain,
  flag,
  integer,
  type Kind,
  list,
  type Option,
  option,
  path,
  period,
  text,
  union,
} from "./options.ts";

type Data = Readonly<Record<string, unknown>>;

/** The types that there are, and how each is made from its data. */
const TYPES: Readonly<Record<string, (data: Data) => Kind<unknown>>> = {
  text,
  flag,
  domain,
  path,
  period,
  integer: (data) => integer({ min: field(data, "min", integer()), max: field(data, "max", integer()) }),
  choice: (data) => choice(...field(data, "choices", list(text())) ?? []),
  list: ({ of }) => list(kindFrom(of)),
  union: ({ of }) => union(...(Array.isArray(of) ? of : [of]).map(kindFrom)),
};

const FIELDS = ["type", "min", "max", "choices", "of", "doc", "default", "example", "optional", "reload", "secret"];

/** Reads the declaration of one option. Throws `TypeError` when it is not one. */
export function optionFrom(data: unknown): Option<unknown> {
  const kind = kindFrom(data);
  const about = data as Data;
  if (field(about, "doc", text()) === undefined) {
    throw new TypeError('The field "doc" is missing: one line that says what the option is for');
  }
  for (const mark of ["optional", "reload", "secret"]) field(about, mark, flag());
  field(about, "default", kind);
  return option(kind, about as unknown as About);
}

function kindFrom(data: unknown): Kind<unknown> {
  if (!isTable(data)) throw new TypeError('Cannot read it as an object such as { type: "text", doc: "…" }');
  const stray = Object.keys(data).find((name) => !FIELDS.includes(name));
  if (stray !== undefined) throw new TypeError(`The field "${stray}" is unknown, there are ${FIELDS.join(", ")}`);
  const make = Object.hasOwn(TYPES, String(data.type)) ? TYPES[String(data.type)] : undefined;
  if (make === undefined) throw new TypeError(`The type is unknown, there are ${Object.keys(TYPES).join(", ")}`);
  return make(data);
}

/** A field, `undefined` when it is not there. */
function field<T>(data: Data, name: string, kind: Kind<T>): T | undefined {
  if (data[name] === undefined) return undefined;
  try {
    return kind.parse(data[name], "");
  } catch (cause) {
    throw new TypeError(`The field "${name}" is not ${kind.expects}`, { cause });
  }
}
