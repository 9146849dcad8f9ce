import { ArchiveStoreError } from "../../error.ts";
import { codeOf } from "./failure.ts";

/**
 * Beginnings of the codes of failures that pass by themselves, as while a machine starts or a replica takes over: SQLSTATEs
 * (PostgreSQL documentation, appendix A) of connections, resources, servers that start or stop and servers that only follow;
 * words of the driver and of the operating system. That a name is not known may be because the network is not up yet.
 */
const PASSING = [
  "08",
  "25006",
  "53",
  "57P",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "EAI_AGAIN",
  "ECONN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
];

/** Reports whether a failure of the store may pass by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof ArchiveStoreError && passes(error.cause);
}

/** The same of what the driver says. */
export function passes(error: unknown): boolean {
  return PASSING.some((known) => codeOf(error).startsWith(known));
}
