/**
 * Reads the archives that Prosody keeps in its internal storage: `HOST/archive/USER.list`, a table of Lua for each message,
 * and `HOST/archive_prefs/USER.dat`. The `.lidx` beside a list only says where its items begin.
 *
 * @module
 */
import { join } from "node:path";
import { type Element, xml } from "../xml/element.ts";
import { isName } from "../xml/names.ts";
import { parseStamp } from "../wire/xep0082.ts";
import { accountOf } from "./account.ts";
import { TransferError } from "./error.ts";
import { type Item, skipped } from "./item.ts";
import { linesOf } from "./lines.ts";
import { LuaError, LuaReader, type LuaTable, type LuaValue } from "./lua.ts";
import { MessageReader } from "./message.ts";
import { millisecondsOf, preferencesOf } from "./prosody.ts";

/** Characters of the longest item, as Lua: each byte of the largest message may be an escape of four. */
const MAX_ITEM = 4 * 1024 * 1024;

const latin1 = new TextDecoder("latin1");

/**
 * Everything under Prosody's `data_path`, or what is of one host.
 *
 * @throws {TransferError} where a file is not what Prosody writes
 */
export function* readProsodyInternal(path: string, host?: string): Generator<Item> {
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
  const text = latin1.decode(Deno.readFileSync(path));
  const lua = new LuaReader(text);
  const { fields } = parsed({ path, text, line: 1 }, () => {
    lua.expect("return");
    const table = lua.table();
    lua.takes(";");
    lua.expectEnd();
    return table;
  });
  yield preferencesOf(owner, fields);
}

function* readList(path: string, owner: string): Generator<Item> {
  const reader = new MessageReader();
  let position = 0;
  for (const table of itemsOf(path)) {
    position++;
    const message = elementOf(table);
    const time = timeOf(table);
    // mod_storage_internal: an item without a key is known by its position.
    const id = String(table.fields.get("key") ?? position);
    if (message === undefined) yield skipped("XML that is not well-formed");
    else if (time === undefined) yield skipped("a time that cannot be read");
    else yield reader.read({ owner, id, time, bare: String(table.fields.get("with") ?? ""), message });
  }
}

/** Where a text is in its file. */
interface Piece {
  readonly path: string;
  readonly text: string;
  /** Its first line. */
  readonly line: number;
}

/** The items of a list. Prosody writes an item over many lines, of which only the first and the last are not indented. */
function* itemsOf(path: string): Generator<LuaTable> {
  let lines: string[] = [];
  let length = 0;
  let first = 1;
  for (const { number, bytes } of linesOf(path)) {
    const line = latin1.decode(bytes);
    if (lines.length === 0) {
      if (line.trim() === "") continue;
      first = number;
    }
    lines.push(line);
    length += line.length;
    if (length > MAX_ITEM) throw new TransferError({ path, line: first, found: "found an item without an end" });
    if (line.startsWith("\t") || !line.trimEnd().endsWith(");")) continue;
    yield readItem({ path, text: lines.join("\n"), line: first });
    lines = [];
    length = 0;
  }
  if (lines.length > 0) readItem({ path, text: lines.join("\n"), line: first });
}

function readItem(piece: Piece): LuaTable {
  const lua = new LuaReader(piece.text);
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

function parsed({ path, text, line }: Piece, read: () => LuaTable): LuaTable {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    const before = text.slice(0, error.at).split("\n").length - 1;
    throw new TransferError({
      path,
      line: line + before,
      found: `found what Prosody does not write, ${error.message}`,
    });
  }
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
function elementOf({ list, fields }: LuaTable): Element | undefined {
  const name = fields.get("name");
  if (typeof name !== "string" || !isName(name)) return undefined;
  const attrs = attributesOf(fields.get("attr"));
  if (attrs === undefined) return undefined;
  const element = xml(name, attrs);
  for (const child of list) {
    const built = typeof child === "object" ? elementOf(child) : String(child);
    if (built === undefined) return undefined;
    element.cnode(built);
  }
  return element;
}

/** Attributes that mod_storage_internal adds to a message, and takes away again when it reads one. */
const ADDED: ReadonlySet<unknown> = new Set(["stamp", "stamp_legacy"]);

function attributesOf(table: LuaValue | undefined): Record<string, string> | undefined {
  const attrs: Record<string, string> = {};
  if (typeof table !== "object") return attrs;
  const isMessage = table.fields.has("stamp");
  let prefixes = 0;
  for (const [key, value] of table.fields) {
    if (typeof key !== "string" || (isMessage && ADDED.has(key))) continue;
    // util.stanza keeps the namespace of an attribute ahead of its name.
    // deno-lint-ignore no-control-regex -- that is how the two are kept apart
    const [, xmlns, local = key] = /^([^]+)[\x01|]([^\x01|]+)$/.exec(key) ?? [];
    if (!isName(local)) return undefined;
    if (xmlns === undefined) {
      attrs[local] = String(value);
    } else {
      const prefix = `ns${++prefixes}`;
      attrs[`xmlns:${prefix}`] = xmlns;
      attrs[`${prefix}:${local}`] = String(value);
    }
  }
  return attrs;
}
