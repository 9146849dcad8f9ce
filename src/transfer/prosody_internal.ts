/**
 * Reads the archives that Prosody keeps in its internal storage: `HOST/archive/USER.list`, a table of Lua for each message,
 * `HOST/archive_prefs/USER.dat`, and `HOST/muc_log/ROOM.list`. The `.lidx` beside a list only says where its items begin.
 *
 * @module
 */
import { join } from "node:path";
import { type Attributes, attributes, Element } from "../xml/element.ts";
import { NameReader } from "../xml/names.ts";
import { parseStamp } from "../wire/xep0082.ts";
import { accountOf } from "./account.ts";
import { TransferError } from "./error.ts";
import { type Item, skipped, type Wanted } from "./item.ts";
import { chunksOf } from "./lines.ts";
import { LuaError, LuaReader, type LuaTable, type LuaValue } from "./lua.ts";
import { MessageReader, type RoomFacts } from "./message.ts";
import { millisecondsOf, preferencesOf } from "./prosody.ts";

/** Characters of the longest item, as Lua: each byte of the largest message may be an escape of four. */
const MAX_ITEM = 4 * 1024 * 1024;

/** End of an item. */
const END = ");\n";

const LINE_FEED = 0x0a;

/**
 * Everything under Prosody's `data_path`, or what is of one host.
 *
 * @throws {TransferError} where a file is not what Prosody writes
 */
export function* readProsodyInternal(path: string, { host }: Wanted = {}): Generator<Item> {
  const hosts = filesIn(path, "").filter((name) => host === undefined || decoded(name) === host);
  const found = hosts.filter((name) => STORES.some(({ folder }) => filesIn(join(path, name, folder), "").length > 0));
  if (found.length === 0) {
    throw new TransferError({
      path,
      found: `found no archive${
        host === undefined ? "" : ` of ${host}`
      }, expected Prosody's data_path, with HOST/archive/USER.list`,
    });
  }
  for (const name of found) {
    for (const { folder, end, read } of STORES) {
      for (const file of filesIn(join(path, name, folder), end)) {
        yield* ofUser(join(path, name, folder, file), { user: file.slice(0, -end.length), host: name }, read);
      }
    }
  }
}

/** Reads a file that belongs to a user. */
type ReadFile = (path: string, owner: string) => Iterable<Item>;

const STORES: readonly { readonly folder: string; readonly end: string; readonly read: ReadFile }[] = [
  { folder: "archive_prefs", end: ".dat", read: readPreferences },
  { folder: "archive", end: ".list", read: readList },
  // Of mod_muc_mam: whoever sent a message may have written its `<x/>`, so real JIDs are not taken.
  { folder: "muc_log", end: ".list", read: (path, owner) => readList(path, owner, {}) },
];

function* ofUser(path: string, { user, host }: { user: string; host: string }, read: ReadFile): Generator<Item> {
  const owner = accountOf(decoded(user) ?? "", decoded(host) ?? "");
  if (owner === undefined) yield skipped("an address that cannot be read");
  else yield* read(path, owner);
}

/** The names in a folder with an ending, in order; none where there is no such folder. */
function filesIn(folder: string, end: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.endsWith(end)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}

/** Undoes `datamanager.path_encode`: each byte but letters and digits is `%` and two digits. */
function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function* readPreferences(path: string, owner: string): Generator<Item> {
  const text = [...chunksOf(path)].map((chunk) => chunk.toString("latin1")).join("");
  const lua = new LuaReader(text);
  const { fields } = parsed({ path, text, from: 0, end: text.length, offset: 0 }, () => {
    lua.expect("return");
    const table = lua.table();
    lua.takes(";");
    lua.expectEnd();
    return table;
  });
  yield preferencesOf(owner, fields);
}

function* readList(path: string, owner: string, room?: RoomFacts): Generator<Item> {
  const reader = new MessageReader();
  const names = new NameReader();
  let position = 0;
  for (const table of itemsOf(path, names)) {
    position++;
    const message = elementOf(table, names);
    const time = timeOf(table);
    // mod_storage_internal: an item without a key is known by its position.
    const id = String(table.fields.get("key") ?? position);
    if (message === undefined) yield skipped("XML that is not well-formed");
    else if (time === undefined) yield skipped("a time that cannot be read");
    else {yield reader.read({
        owner,
        id,
        time,
        bare: String(table.fields.get("with") ?? ""),
        message,
        ...room && { room },
      });}
  }
}

/** Range of an item in its file. */
interface Piece {
  readonly path: string;
  readonly text: string;
  readonly from: number;
  readonly end: number;
  /** Bytes ahead of the text. */
  readonly offset: number;
}

/**
 * The items of a list. Prosody writes each over many lines, of which only the first and the last are not indented; strings have
 * no line ends in them.
 */
function* itemsOf(path: string, names: NameReader): Generator<LuaTable> {
  let rest = "";
  let offset = 0;
  for (const chunk of chunksOf(path)) {
    const text = rest + chunk.toString("latin1");
    let from = 0;
    for (let end; (end = endOfItem(text, from)) !== -1; from = end) {
      yield readItem({ path, text, from, end, offset }, names);
    }
    rest = text.slice(from);
    offset += from;
    if (rest.length > MAX_ITEM) throw failureAt(path, offset, "found an item without an end");
  }
  if (rest.trim() !== "") readItem({ path, text: rest, from: 0, end: rest.length, offset }, names);
}

/** Returns the end of the item that begins at `from`; -1 where the text does not reach that far. */
function endOfItem(text: string, from: number): number {
  for (let at = from; (at = text.indexOf(END, at)) !== -1; at += END.length) {
    if (text[text.lastIndexOf("\n", at) + 1] !== "\t") return at + END.length;
  }
  return -1;
}

function readItem(piece: Piece, names: NameReader): LuaTable {
  const { text, from, end } = piece;
  const lua = new LuaReader(text, { from, end, names });
  return parsed(piece, () => {
    lua.expect("item");
    lua.expect("(");
    const table = lua.table();
    lua.expect(")");
    lua.expect(";");
    lua.expectEnd();
    return table;
  });
}

function parsed({ path, text, end, offset }: Piece, read: () => LuaTable): LuaTable {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    // What is missing at the end is missing behind the last thing there is.
    const at = Math.min(error.at, text.slice(0, end).trimEnd().length);
    throw failureAt(path, offset + at, `found what Prosody does not write, ${error.message}`);
  }
}

/** Lines are counted only when one has to be named. */
function failureAt(path: string, offset: number, found: string): TransferError {
  let line = 1;
  let before = offset;
  for (const chunk of chunksOf(path)) {
    for (const byte of chunk.subarray(0, before)) if (byte === LINE_FEED) line++;
    before -= chunk.length;
    if (before <= 0) break;
  }
  return new TransferError({ path, line, found });
}

/** Older items have only the stamp. */
function timeOf({ fields }: LuaTable): number | undefined {
  const when = fields.get("when");
  if (typeof when === "number") return millisecondsOf(when);
  const attr = fields.get("attr");
  const stamp = typeof attr === "object" ? attr.fields.get("stamp") : undefined;
  return typeof stamp === "string" ? parseStamp(stamp) : undefined;
}

/** Undoes util.stanza's `preserialize`; `undefined` for what could not be written as XML. */
function elementOf({ list, fields }: LuaTable, names: NameReader): Element | undefined {
  const name = fields.get("name");
  if (typeof name !== "string" || !names.is(name)) return undefined;
  const attrs = attributesOf(fields.get("attr"), names);
  if (attrs === undefined) return undefined;
  const element = new Element(name, attrs);
  for (const child of list) {
    const built = typeof child === "object" ? elementOf(child, names) : String(child);
    if (built === undefined) return undefined;
    element.cnode(built);
  }
  return element;
}

/** Attributes that mod_storage_internal adds to a message, and takes away again when it reads one. */
const ADDED: ReadonlySet<unknown> = new Set(["stamp", "stamp_legacy"]);

function attributesOf(table: LuaValue | undefined, names: NameReader): Attributes | undefined {
  const attrs = attributes();
  if (typeof table !== "object") return attrs;
  const isMessage = table.fields.has("stamp");
  let prefixes = 0;
  for (const [key, value] of table.fields) {
    if (typeof key !== "string" || (isMessage && ADDED.has(key))) continue;
    if (names.is(key)) {
      attrs[key] = String(value);
      continue;
    }
    // util.stanza keeps the namespace of an attribute ahead of its name.
    // deno-lint-ignore no-control-regex -- that is how the two are kept apart
    const [, xmlns, local = ""] = /^([^]+)[\x01|]([^\x01|]+)$/.exec(key) ?? [];
    if (xmlns === undefined || !names.is(local)) return undefined;
    const prefix = `ns${++prefixes}`;
    attrs[`xmlns:${prefix}`] = xmlns;
    attrs[`${prefix}:${local}`] = String(value);
  }
  return attrs;
}
