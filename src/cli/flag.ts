/**
 * Flags of commands' own, as data.
 *
 * @module
 */
import { parseStamp } from "../wire/xep0082.ts";
import type { Jid } from "../xmpp/jid.ts";
import { tryPrepareJid } from "../xmpp/prepared_jid.ts";
import { UsageError } from "./usage_error.ts";

/** Surroundings of a value: the name of its flag, and the hosts of the configuration. */
export interface FlagPlace {
  readonly name: string;
  readonly hosts: readonly string[];
}

/** A flag with a value, or a switch. */
export interface Flag<T> {
  /** Form of the value in help, such as `JID`. A switch has none. */
  readonly value?: string;
  /** True when the command cannot do without it. */
  readonly required?: boolean;
  /** Form in help, where that is not its name and the value. */
  readonly form?: string;
  /** Returns the meaning of what was typed, which is `undefined` where nothing was. Throws `UsageError`. */
  read(text: string | undefined, place: FlagPlace): T;
}

/** Flags by name. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** Meanings of flags, by name. */
export type Values<F extends Flags> = { readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never };

/** Form of a flag in help: `--user JID`, and in brackets where it may be left out. */
export function formOf(name: string, { value, required, form }: Flag<unknown>): string {
  const own = `--${name}${value === undefined ? "" : ` ${value}`}`;
  return form ?? (required ? own : `[${own}]`);
}

/** A flag that must be given; `parse` returns `undefined` for a text that is none of its values. */
export function flag<T>(value: string, expected: string, parse: (text: string) => T | undefined): Flag<T> {
  return {
    value,
    required: true,
    read(text, { name }): T {
      const meaning = text === undefined ? undefined : parse(text);
      if (meaning !== undefined) return meaning;
      throw new UsageError(`--${name}: Found ${text === undefined ? "nothing" : `"${text}"`}, expected ${expected}`);
    },
  };
}

/** The same flag where it may be left out. */
export function optional<T>(flag: Flag<T>): Flag<T | undefined> {
  return { ...flag, required: false, read: (text, place) => text === undefined ? undefined : flag.read(text, place) };
}

/** A flag whose value is one of a few names. */
export function oneOf<T>(values: ReadonlyMap<string, T>, expected: string): Flag<T> {
  const one = flag([...values.keys()].join("|"), expected, (text) => values.get(text));
  return { ...one, read: (text = "", place) => one.read(text, place) };
}

/** A flag without a value, which `configured` reads by itself. */
export const SWITCH: Flag<boolean> = { read: (text) => text !== undefined };

/** The bare JID of any account. */
export const ANY_ACCOUNT: Flag<string> = flag("JID", "a bare JID such as juliet@example.org", (text) => {
  const jid = tryPrepareJid(text);
  return jid !== undefined && jid.local !== "" && jid.isBare ? jid.bare : undefined;
});

/** The bare JID of an account of a configured host, or of a room. */
export const ACCOUNT: Flag<string> = {
  ...ANY_ACCOUNT,
  read(text, place): string {
    const user = ANY_ACCOUNT.read(text, place);
    if (place.hosts.some((host) => user.endsWith(`@${host}`))) return user;
    const expected = `an account of the hosts of the configuration: ${place.hosts.join(", ")}`;
    throw new UsageError(`--${place.name}: Found "${text}", expected ${expected}`);
  },
};

/** Any JID; with a resource, just that one is meant. */
export const PEER: Flag<Jid> = flag("JID", "a JID such as romeo@example.org", tryPrepareJid);

/** Milliseconds since 1970. */
export const TIME: Flag<number> = flag(
  "TIME",
  "a date or a time such as 2026-11-22 or 2026-11-22T18:00:00Z",
  (text) => parseStamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text),
);

/** An integer of at least 1. */
export const COUNT: Flag<number> = flag(
  "N",
  "an integer of at least 1",
  (text) => /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined,
);
