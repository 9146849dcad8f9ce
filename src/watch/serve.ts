/**
 * Views, served over HTTP.
 *
 * @module
 */
import type { Log } from "../log/log.ts";
import type { Address } from "../config/options.ts";
import { answer, plain, type View, type Views, writeResponse } from "./answer.ts";
import { Connections } from "./connections.ts";
import type { Head } from "./head.ts";
import { urlOf } from "./hosts.ts";

/** Views that are served until this is disposed of. */
export interface Server extends AsyncDisposable {
  readonly url: string;
}

/** Serves views at an address; throws where nobody can listen there. */
export function serveViews({ hostname, port }: Address, { views, log }: { views: Views; log: Log }): Server {
  function answered(head: Head | undefined): View {
    try {
      return answer(head, { views, listening: hostname });
    } catch (error) {
      log.error("look-failed", "A request to the status page could not be answered", { error });
      return plain(500, "This could not be read; the log says why");
    }
  }
  const listener = listen({ hostname, port });
  const respond = (head: Head | undefined) => writeResponse(head?.method ?? "GET", answered(head));
  const connections = new Connections(listener, { respond, log });
  return {
    url: urlOf(listener.addr.hostname, listener.addr.port),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

function listen({ hostname, port }: Address): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (cause) {
    throw new Error(`Cannot listen at ${urlOf(hostname, port)} (metrics.listen)`, { cause });
  }
}
