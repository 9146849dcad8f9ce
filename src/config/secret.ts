/**
 * Secrets: in the configuration, or in files of their own.
 *
 * @module
 */
import { fileProblem } from "../lib/file_problem.ts";
import type { Option } from "./options.ts";
import type { Setting } from "./config.ts";
import { type ConfigProblem, placeOf } from "./problem.ts";
import { type Schema, variableOf } from "./schema.ts";
import { precedenceOf } from "./settle.ts";

/** Secret to look for. */
export interface Sought {
  /** Its key; that of the file which may hold it ends in `_file`. */
  readonly key: string;
  /** The configuration file. */
  readonly file: string;
  /** True when it must be there. */
  readonly needed: boolean;
}

/** A secret that may be in a file of its own: keys of both. */
export interface SecretKeys {
  readonly key: string;
  readonly keyOfFile: string;
  /** The store whose secret it is. */
  readonly store?: string;
}

/** The secrets of the core and of the stores that may be in files of their own. */
export function secretsIn(schema: Schema): readonly SecretKeys[] {
  return [...schema].flatMap(([key, { option, plugin, store }]) => {
    const keyOfFile = fileKeyOf(key);
    if (!option.secret || plugin !== undefined || !schema.has(keyOfFile)) return [];
    return [{ key, keyOfFile, ...store !== undefined && { store } }];
  });
}

/** Files that the configuration names for its secrets. */
export function secretFilesOf(settings: ReadonlyMap<string, Setting>): readonly string[] {
  return secretsIn(settings).flatMap(({ keyOfFile }) => {
    const file = settings.get(keyOfFile)?.value;
    return typeof file === "string" ? [file] : [];
  });
}

function fileKeyOf(key: string): string {
  return `${key}_file`;
}

/** Result of the search for a secret. */
export interface SecretFound {
  readonly key: string;
  readonly secret?: string;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** Finds a secret, where the configuration says; at most one place may say it, a stronger source aside. */
export async function findSecret(
  settings: ReadonlyMap<string, Setting>,
  { key, file, needed }: Sought,
): Promise<SecretFound> {
  const keyOfFile = fileKeyOf(key);
  const said = [key, keyOfFile].flatMap((key) => settings.get(key) ?? []).filter(({ value }) => value !== undefined);
  const strongest = Math.max(...said.map(({ source }) => precedenceOf(source)));
  const [chosen, other] = said.filter(({ source }) => precedenceOf(source) === strongest);
  const none = { key, problems: [], warnings: [] };
  if (chosen === undefined) {
    // One that is there but wrong was told already.
    if (!needed || !settings.has(key) || !settings.has(keyOfFile)) return none;
    const message = `Missing; expected it here, in the file that ${keyOfFile} names, or in ${variableOf(key)}`;
    return { ...none, problems: [{ where: file, key, missing: true, message }] };
  }
  if (other !== undefined) {
    const message = `Found besides ${key}, expected one of them`;
    return { ...none, problems: [{ ...placeOf(other.source, file), key: keyOfFile, message }] };
  }
  if (chosen.key === key) return { ...none, secret: chosen.value as string };
  const place = { ...placeOf(chosen.source, file), key: keyOfFile };
  return { ...none, ...await readSecret(chosen.value as string, { place, option: settings.get(key)?.option }) };
}

async function readSecret(
  path: string,
  { place, option }: { place: Omit<ConfigProblem, "message">; option: Option<unknown> | undefined },
): Promise<Partial<SecretFound>> {
  try {
    const [{ mode }, text] = [await Deno.stat(path), await Deno.readTextFile(path)];
    const secret = text.replace(/\r?\n$/, "");
    const objection = objectionTo(secret, option);
    if (objection !== undefined) {
      const { found, expected } = objection;
      return { problems: [{ ...place, message: `Found ${found} in "${path}", expected ${expected}` }] };
    }
    const open = mode !== null && (mode & 0o004) !== 0;
    const message = `Every user of this machine can read "${path}"; chmod o-r keeps it secret`;
    return { secret, warnings: open ? [{ ...place, message }] : [] };
  } catch (error) {
    return { problems: [{ ...place, message: `Cannot read "${path}": ${fileProblem(error)}` }] };
  }
}

/** Returns the objection to a file's content, which it never quotes. */
function objectionTo(secret: string, option: Option<unknown> | undefined): Record<"found" | "expected", string> | void {
  if (secret === "") return { found: "nothing", expected: "one line" };
  if (secret.includes("\n")) return { found: "several lines", expected: "one line" };
  try {
    option?.parse(secret, "");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { found: "something else", expected: error.message };
  }
}
