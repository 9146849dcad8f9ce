/**
 * Values and keys of TOML, and how they are shown.
 *
 * @module
 */
import { stringify, type TomlTable } from "smol-toml";
import type { About } from "./options.ts";

/** The longest value that an error shows whole. */
const MAX_SHOWN = 80;

/** Reports whether a value is a table; dates and lists are objects too. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A value as TOML writes it. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  return stringify({ value } as TomlTable).slice("value = ".length).trim();
}

/** A value for an error: one line, not too long; that of a secret is not shown. */
export function show(value: unknown, about?: Pick<About, "secret">): string {
  if (about?.secret) return `a value of the type ${typeof value}`;
  if (isTable(value)) return "a table";
  const text = written(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** The name of a key: its parts joined by dots, quoted where TOML would quote them. */
export function dotted(path: readonly string[]): string {
  return path.map((part) => /^[\w-]+$/.test(part) ? part : JSON.stringify(part)).join(".");
}
