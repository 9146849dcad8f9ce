/**
 * The options of Annals itself. Its own plugins add theirs at the top level, beside `hosts`, plugins of the operator's in
 * tables of `plugins`, and stores in tables of `storage`.
 *
 * @module
 */
import { LEVELS } from "../log/log_event.ts";
import { address, choice, domain, flag, integer, list, type Option, option, path, text } from "./options.ts";

/** Every key that is not a plugin's, in the order and the tables of `config.toml`. */
export const CORE = {
  modules_enabled: option(list(text()), {
    doc: "The plugins to run; take one out to do without it, put in the name of your own to run it",
    default: ["mam", "ping", "version", "uptime"],
  }),
  plugin_paths: option(list(path()), {
    doc: "Folders with plugins of your own (.js or .mjs files), relative to this file",
    default: [],
  }),
  hosts: option(list(domain()), {
    doc: "The domains whose users' messages are archived, as your XMPP server calls them",
    example: ["example.org"],
  }),
  rooms: option(list(domain()), {
    doc: "The domains of chat rooms to archive; the XMPP server needs the module there",
    default: [],
  }),
  component: {
    domain: option(domain(), {
      doc: "The address of Annals, as the XMPP server's configuration of components names it",
      example: "archive.example.org",
    }),
    host: option(text(), {
      doc: "The address on which the XMPP server listens for components; change it when that is another machine",
      default: "127.0.0.1",
    }),
    port: option(integer({ min: 1, max: 65535 }), {
      doc: "The port on which the XMPP server listens for components",
      default: 5347,
    }),
    secret: option(text(), {
      doc: "The password shared with the XMPP server; better in a file of its own, see secret_file",
      example: "a long random text",
      optional: true,
      secret: true,
    }),
    secret_file: option(path(), {
      doc: "A file with that password, readable by Annals only, so that this one can be shown to others",
      example: "annals.secret",
      optional: true,
    }),
    tls: option(flag(), {
      doc: "True to speak TLS from the first byte; set it when the server is on another machine and offers TLS",
      default: false,
    }),
    reconnect: {
      initial: option(integer({ min: 1, max: 3600 }), {
        doc: "Seconds to wait before the first attempt to connect again; each further wait is twice as long",
        default: 1,
        reload: true,
      }),
      max: option(integer({ min: 1, max: 3600 }), {
        doc: "The longest such wait, in seconds; a shorter one finds a restarted server sooner",
        default: 60,
        reload: true,
      }),
    },
  },
  storage: {
    // Which words there are, and what follows in the table, is of the back ends (`schema.ts`).
    archive2: option(text(), { doc: "Where archives are kept" }),
  },
  log: {
    level: option(choice(...LEVELS), {
      doc: 'How much is logged; "debug" adds what helps to find a fault',
      default: "info",
      reload: true,
    }),
    format: option(choice("text", "json"), {
      doc: '"text" is for people, "json" (one object a line) for programs that collect logs',
      default: "text",
    }),
  },
  metrics: {
    listen: option(address(), {
      doc: "Address of the status page, and of /metrics for Prometheus; counts only, for anyone who can connect",
      example: "127.0.0.1:9469",
      optional: true,
    }),
  },
} as const satisfies Tree;

/** Options in tables. */
export interface Tree {
  readonly [key: string]: Option<unknown> | Tree;
}

/** Values of a tree of options. */
export type Settled<T> = {
  readonly [K in keyof T]: T[K] extends Option<infer V> ? V
    : Settled<T[K]>;
};

/** Tells an option from a table. */
export function isOption(node: Option<unknown> | Tree): node is Option<unknown> {
  return typeof node.parse === "function";
}
