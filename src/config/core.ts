/**
 * The options of Annals itself; plugins add theirs at the top level, beside `hosts`.
 *
 * @module
 */
import { LEVELS } from "../log/log_event.ts";
import {
  address,
  choice,
  databaseUrl,
  domain,
  flag,
  integer,
  list,
  type Option,
  option,
  path,
  text,
} from "./options.ts";

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
  component: {
    domain: option(domain(), {
      doc: "The address of Annals, as the XMPP server's configuration of components names it",
      example: "archive.example.org",
    }),
    host: option(text(), {
      doc: "Where the XMPP server listens for components; change it when that is another machine",
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
      doc: "Whether to speak TLS from the first byte; set it when the server is on another machine and offers that",
      default: false,
    }),
    reconnect: {
      initial: option(integer({ min: 1, max: 3600 }), {
        doc: "Seconds to wait before the first attempt to connect again; each further wait is twice as long",
        default: 1,
        reload: true,
      }),
      max: option(integer({ min: 1, max: 3600 }), {
        doc: "Seconds that such a wait may grow to; shorter finds a restarted server sooner",
        default: 60,
        reload: true,
      }),
    },
  },
  storage: {
    archive2: option(choice("sqlite", "postgresql", "memory"), {
      doc: 'Where archives are kept: "sqlite" in a file, "postgresql" in a database of yours, "memory" until the exit',
      default: "sqlite",
    }),
    sqlite: {
      path: option(path(), {
        doc: "The database, relative to this file; put it on a disk with room for all the messages you keep",
        default: "data/archive2.sqlite",
      }),
      synchronous: option(choice("normal", "full"), {
        doc: '"full" waits for the disk at each commit: slower, but a power cut loses not even the last second',
        default: "normal",
      }),
      cache_size: option(integer({ min: 1, max: 65536 }), {
        doc: "Memory for the database's pages, in MiB; more helps when many large archives are read at once",
        default: 10,
      }),
      checkpoint_pages: option(integer({ min: 100, max: 10_000_000 }), {
        doc:
          "Pages of 4 KiB that gather before they move into the database; fewer keeps the -wal file small, but is slower",
        default: 20000,
      }),
    },
    postgresql: {
      url: option(databaseUrl(), {
        doc:
          "The database that you have made for Annals, its user and password included; better in a file, see url_file",
        example: "postgresql://annals:password@127.0.0.1:5432/annals",
        optional: true,
        secret: true,
      }),
      url_file: option(path(), {
        doc: "A file with that URL, readable by Annals only, so that this one can be shown to others",
        example: "postgresql.url",
        optional: true,
      }),
      ca_file: option(path(), {
        doc: "Certificates (PEM) of who vouches for the database: it must speak TLS then, and be vouched for",
        example: "/etc/ssl/certs/ssl-cert-snakeoil.pem",
        optional: true,
      }),
      replica_urls: option(list(databaseUrl()), {
        doc: "Replicas of it that pages are read from, to take that load off the database that is written to",
        example: ["postgresql://annals:password@replica.example.org:5432/annals"],
        optional: true,
        secret: true,
      }),
      write_connections: option(integer({ min: 1, max: 100 }), {
        doc: "Connections that write: messages take one, sweeps, preferences and imports the others; more seldom help",
        default: 2,
      }),
      read_connections: option(integer({ min: 1, max: 100 }), {
        doc: "Connections that read pages, of each database; more help when many people scroll back at once",
        default: 8,
      }),
      statement_timeout: option(integer({ min: 1, max: 3600 }), {
        doc: "Seconds that the database may take for one statement, before it is given up",
        default: 30,
      }),
    },
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
      doc: "Where a browser finds a status page, and Prometheus the metrics at /metrics; counts only, for whoever asks",
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
