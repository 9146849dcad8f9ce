import { ArchiveStoreError, UnkeepableError } from "../../error.ts";

/** Returns an error's code: an SQLSTATE (PostgreSQL documentation, appendix A), or a word of the driver's or the system's. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** By the beginning of a code: what it means to an operator, and what to do about it. */
const KNOWN: readonly (readonly [code: string, found: string, hint: string])[] = [
  ["28", "the server refuses the user or its password", "correct the user and the password in its URL"],
  ["3D000", "the server has no database of that name", "create it, owned by the user in its URL"],
  ["42501", "the user may not do that", "let the user in its URL own the database"],
  ["53100", "the server's disk is full", "make room for the server, then it goes on by itself"],
  ["53300", "the server has too many connections", "lower the numbers of connections, or raise max_connections"],
  ["57014", "the server took too long", "look for what keeps the server busy"],
  ["25006", "the server takes no writes, as a replica does", "name the primary in its URL, or let the user write"],
  ["57P", "the server is starting or stopping", ""],
  ["ECONNREFUSED", "no server answers there", "start the server, or correct its URL"],
  ["ENOENT", "no server has a socket there", "start the server, or correct its URL"],
  ["ENOTFOUND", "there is no host of that name", "correct its URL"],
  ["NO_TLS", "the server speaks no TLS, as its URL or ca_file asks for", "switch ssl on there, or ask for none"],
  ["CONNECT_TIMEOUT", "no server answers there in time", "look at the network, or correct its URL"],
  ["CONNECTION_ENDED", "the store is closed", ""],
  ["CONNECTION_", "the connection was lost", ""],
  ["ECONN", "the connection was lost", ""],
  ["EPIPE", "the connection was lost", ""],
];

/**
 * Says what a failure means to an operator; what is one already stays as it is, and so do mistakes of the caller's. What the
 * server says beyond its message may quote what was to be stored, so that is left behind.
 */
export function failure(operation: string, path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ArchiveStoreError || error instanceof UnkeepableError) return error;
  const code = codeOf(error);
  if (code === "") return error;
  const [, found, hint] = KNOWN.find(([known]) => code.startsWith(known)) ?? [code, error.message, ""];
  const cause = Object.assign(new Error(error.message), { code });
  return new ArchiveStoreError({ operation, path, found, hint, cause });
}
