/**
 * Options and addresses of a server for tests.
 *
 * @module
 */

/** Keeper of the archives: Annals, the server itself in one of its own storages, or none. */
export type ArchiveKeeper = "annals" | "own-internal" | "own-sqlite" | "own-postgresql" | "none";

/** Options of a server; each has a default. */
export interface ServerOptions {
  /** Virtual hosts; default `example.test` alone. */
  readonly hosts?: readonly string[];
  /** Address of the component; default `archive.example.test`. */
  readonly component?: string;
  /** Secret of the component; default `s3cret`. */
  readonly secret?: string;
  readonly archive?: ArchiveKeeper;
  /** Users registered on every host, each with the password `pw`; default alice, bob and carol. */
  readonly accounts?: readonly string[];
}

/** The same with every default filled in, and with the place that the server was given. */
export interface Site extends Required<ServerOptions> {
  /** Folder for configuration and data; goes when the server is disposed of. */
  readonly folder: string;
  readonly clientPort: number;
  readonly componentPort: number;
}

/** Fills in the defaults. */
export function settle(
  options: ServerOptions,
  place: { folder: string; clientPort: number; componentPort: number },
): Site {
  return {
    hosts: ["example.test"],
    component: "archive.example.test",
    secret: "s3cret",
    archive: "annals",
    accounts: ["alice", "bob", "carol"],
    ...options,
    ...place,
  };
}
