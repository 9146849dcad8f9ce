/**
 * Options as data: what a key of the configuration means, which values it takes, and what it is when nobody says.
 *
 * A `Kind` says which values there are; `option` says what they are for:
 *
 * ```ts ignore
 * max_archive_query_results: option(integer({ min: 1 }), { doc: "Largest page …", default: 50, reload: true })
 * default_archive_policy: option(union(flag(), choice("roster")), { doc: "What is archived …", default: true })
 * ```
 *
 * @module
 */
import { resolve } from "node:path";
import type { TomlPrimitive } from "smol-toml";
import type { Jid } from "../xmpp/jid.ts";
import { prepareJid } from "../xmpp/prepared_jid.ts";
import { parsePeriod, PERIOD } from "./period.ts";

/** A value as TOML has it. */
export type TomlValue = TomlPrimitive | readonly TomlValue[] | {
  readonly [key: string]: TomlValue;
};

/** Kind of an option's values. */
export interface Kind<T> {
  /** Completes "expected …": `an integer from 1 to 65535`. */
  readonly expects: string;
  /**
   * Takes a value as TOML gives it. `folder` is what a relative path is relative to.
   * Throws `TypeError` or `RangeError`, whose message completes "expected …".
   */
  parse(raw: unknown, folder: string): T;
}

/** Description of a key. */
export interface About {
  /** One line: what it is, and why one would change it. */
  readonly doc: string;
  /** As the file would say it; without one, the option is required. */
  readonly default?: TomlValue;
  /** Shown where there is no default. */
  readonly example?: TomlValue;
  /** True for a key that may be left out although it has no default. */
  readonly optional?: true;
  /** True for a change that takes effect at SIGHUP, without a restart. */
  readonly reload?: true;
  /** True for a value that must never be shown. */
  readonly secret?: true;
}

/** One key of the configuration. */
export interface Option<T> extends Kind<T>, About {}

/** The options of a plugin, by key. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** The part of a plugin that configurations are read by. */
export interface Configurable<O extends Options = Options> {
  readonly name: string;
  /** Its keys in `config.toml`. */
  readonly options: O;
  /** Table that its keys are in, such as `plugins.hello`; without one, they are at the top level. */
  readonly table?: string;
}

/** Values of the options `O` once they are read. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** Declares an option. */
export function option<T>(kind: Kind<T>, about: About & { optional: true }): Option<T | undefined>;
export function option<T>(kind: Kind<T>, about: About): Option<T>;
export function option<T>(kind: Kind<T>, about: About): Option<T> {
  return { ...kind, ...about };
}

/** Makes a kind of value from its type and, within that, its range. */
export function kind<T>(expects: string, isType: (raw: unknown) => raw is T, inRange?: (value: T) => boolean): Kind<T> {
  return {
    expects,
    parse(raw): T {
      if (!isType(raw)) throw new TypeError(expects);
      if (inRange?.(raw) === false) throw new RangeError(expects);
      return raw;
    },
  };
}

/** Text. */
export function text(): Kind<string> {
  return kind("a text that is not empty", (raw) => typeof raw === "string", (value) => value !== "");
}

/** True or false. */
export function flag(): Kind<boolean> {
  return kind("true or false", (raw) => typeof raw === "boolean");
}

/** A whole number within bounds, both included. */
export function integer({ min, max }: Bounds = {}): Kind<number> {
  return kind(
    rangeOf({ min, max }),
    (raw): raw is number => Number.isSafeInteger(raw),
    (value) => value >= (min ?? -Infinity) && value <= (max ?? Infinity),
  );
}

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function rangeOf({ min, max }: Bounds): string {
  if (min === undefined) return max === undefined ? "an integer" : `an integer of at most ${max}`;
  return max === undefined ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;
}

/** One of a few words. */
export function choice<const W extends string>(...words: readonly W[]): Kind<W> {
  const quoted = words.map((word) => JSON.stringify(word));
  return kind(
    new Intl.ListFormat("en", { type: "disjunction" }).format(quoted),
    (raw): raw is W => words.includes(raw as W),
  );
}

/** Any number of values of one kind. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  const expects = `a list in brackets, each item ${item.expects}`;
  return {
    expects,
    parse(raw, folder): readonly T[] {
      if (!Array.isArray(raw)) throw new TypeError(expects);
      return raw.map((value, index) => {
        try {
          return item.parse(value, folder);
        } catch (cause) {
          throw new RangeError(`${expects} (item ${index + 1} is not)`, { cause });
        }
      });
    },
  };
}

/** A value of any of several kinds; the first that takes it wins. */
export function union<const K extends readonly Kind<unknown>[]>(...kinds: K): Kind<Parsed<K[number]>> {
  const expects = kinds.map((kind) => kind.expects).join(" or ");
  return {
    expects,
    parse(raw, folder): Parsed<K[number]> {
      for (const kind of kinds) {
        try {
          return kind.parse(raw, folder) as Parsed<K[number]>;
        } catch {
          // The next may take it.
        }
      }
      throw new TypeError(expects);
    },
  };
}

type Parsed<K> = K extends Kind<infer T> ? T : never;

/** A length of time: seconds, or text such as `"1w"`; `"never"` is `Infinity`. The value is in seconds. */
export function period(): Kind<number> {
  return { expects: PERIOD, parse: parsePeriod };
}

/** A domain name, prepared as servers do. */
export function domain(): Kind<string> {
  const expects = "a domain name";
  return {
    expects,
    parse(raw): string {
      if (typeof raw !== "string") throw new TypeError(expects);
      const { local, domain, isBare } = addressIn(raw, expects);
      if (local !== "" || !isBare) throw new RangeError(expects);
      return domain;
    },
  };
}

function addressIn(raw: string, expects: string): Jid {
  try {
    return prepareJid(raw);
  } catch (cause) {
    throw new RangeError(expects, { cause });
  }
}

/** Kind of an address to listen at, such as `127.0.0.1:9469` or `[::1]:9469`; port 0 is one that is free. */
export function address(): Kind<Address> {
  const expects = 'an address and a port, such as "127.0.0.1:9469"';
  return {
    expects,
    parse(raw): Address {
      if (typeof raw !== "string") throw new TypeError(expects);
      const [, inBrackets, plain = "", port = ""] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(raw) ?? [];
      const hostname = inBrackets ?? plain;
      if (hostname === "" || Number(port) > 65535) throw new RangeError(expects);
      return { hostname, port: Number(port) };
    },
  };
}

/** An address of this machine, and a TCP port. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** A file or folder; a relative one is taken from the folder of the configuration file. The value is absolute. */
export function path(): Kind<string> {
  const { expects, parse } = kind(
    "the path of a file or folder",
    (raw) => typeof raw === "string",
    (value) => value !== "" && !value.includes("\0"),
  );
  return { expects, parse: (raw, folder) => resolve(folder, parse(raw, folder)) };
}
