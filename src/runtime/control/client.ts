/**
 * A command's side of the service's socket.
 *
 * @module
 */
import type { Control } from "./control.ts";
import { isListening } from "./socket.ts";
import { addressOf, readLines, writeJson } from "./wire.ts";

/** A request that the service could not fulfil. The service's own failures keep their words and names. */
export class ServiceError extends Error {
  constructor(message: string, { kind = "ServiceError", ...options }: ErrorOptions & { kind?: string } = {}) {
    super(message, options);
    this.name = kind;
  }
}

export interface AskOptions<P> {
  /** Interrupts the request at its next step; the result says how far it came. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: P) => void;
}

/** Asks the service that has the archive open. */
export class ServiceClient implements Disposable {
  readonly #client: Deno.HttpClient;

  private constructor(client: Deno.HttpClient) {
    this.#client = client;
  }

  /** Finds the service at a socket; `undefined` where none listens there. `owner` is the user whose service it must be. */
  static async connect(path: string, owner: number | null): Promise<ServiceClient | undefined> {
    if (!await isListening(path, owner)) return undefined;
    return new ServiceClient(Deno.createHttpClient({ proxy: { transport: "unix", path } }));
  }

  /** Makes a request and waits for the result. Throws `ServiceError`. */
  async ask<Q, R, P = never>({ name }: Control<Q, R, P>, question: Q, options: AskOptions<P> = {}): Promise<R> {
    const { signal, progress } = options;
    const address = addressOf(name, crypto.randomUUID());
    const asked = this.#fetch("POST", address, writeJson(question));
    const interrupt = () => void this.#interrupt(address);
    if (signal?.aborted) await asked.then(interrupt);
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      for await (const line of readLines((await asked).body ?? new ReadableStream())) {
        if ("error" in line) throw new ServiceError(line.error, line);
        if ("result" in line) return line.result as R;
        progress?.(line.progress as P);
      }
    } catch (error) {
      throw error instanceof ServiceError ? error : ended(error);
    } finally {
      signal?.removeEventListener("abort", interrupt);
    }
    throw ended();
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** A service that cannot be told any more is at its end, which the request notices. */
  async #interrupt(address: string): Promise<void> {
    await this.#fetch("DELETE", address).then((response) => response.body?.cancel(), () => {});
  }

  #fetch(method: string, address: string, body?: string): Promise<Response> {
    return fetch(address, { method, client: this.#client, ...body !== undefined && { body } });
  }
}

function ended(cause?: unknown): ServiceError {
  return new ServiceError("The service ended before this was done; do it again when it runs, or has stopped", {
    cause,
  });
}
