/**
 * A command's side: asks the service that has the archive open.
 *
 * @module
 */
import { Channel } from "./channel.ts";
import type { Control } from "./control.ts";
import { connectPrivately } from "./socket.ts";
import { readTold, type Said, type Told } from "./wire.ts";

/** The service could not do what it was asked for. Its own failures come with its own words for them, and their names. */
export class ServiceError extends Error {
  constructor(message: string, { kind = "ServiceError", ...options }: ErrorOptions & { kind?: string } = {}) {
    super(message, options);
    this.name = kind;
  }
}

export interface AskOptions<P> {
  /** Ends what was asked for at the next step; what was done until then is the result. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: P) => void;
}

/** One request to the service. */
export class ServiceClient implements Disposable {
  readonly #channel: Channel;

  private constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Connects to the socket of a service; `undefined` where none listens there. `owner` is the user whose service it must be. */
  static async connect(path: string, owner: number | null): Promise<ServiceClient | undefined> {
    const wire = await connectPrivately(path, owner);
    return wire && new ServiceClient(new Channel(wire));
  }

  /** Asks for something, and waits for the result. Throws `ServiceError`. */
  async ask<Q, R, P = never>(control: Control<Q, R, P>, about: Q, options: AskOptions<P> = {}): Promise<R> {
    await this.begin(control, about);
    return await this.#result(options) as R;
  }

  /** Asks for something that has parts to follow. */
  async begin<Q, R, P>({ name }: Control<Q, R, P>, about: Q): Promise<void> {
    await this.#say({ ask: name, about });
  }

  /** Sends a part, and waits for what the service answers. Throws `ServiceError`. */
  async part(part: unknown): Promise<unknown> {
    await this.#say({ part });
    while (true) {
      const told = await this.#told();
      if ("answer" in told) return told.answer;
      if ("result" in told) throw new ServiceError("The service is done before all was sent");
    }
  }

  /** Says that there are no more parts, and waits for the result. Throws `ServiceError`. */
  async end(): Promise<unknown> {
    await this.#say({ end: true });
    return await this.#result({});
  }

  [Symbol.dispose](): void {
    this.#channel[Symbol.dispose]();
  }

  async #result<P>({ signal, progress }: AskOptions<P>): Promise<unknown> {
    const stop = () => void this.#channel.finish().catch(() => {});
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      while (true) {
        const told = await this.#told();
        if ("result" in told) return told.result;
        if ("progress" in told) progress?.(told.progress as P);
      }
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** The next that the service says, unless that is an error. */
  async #told(): Promise<Exclude<Told, { error: string }>> {
    const line = await this.#channel.read().catch(ended);
    if (line === undefined) throw ended();
    const told = readTold(line);
    if ("error" in told) throw new ServiceError(told.error, told);
    return told;
  }

  /** What cannot be said any more has been refused, as a rule: then the reason is there to be read. */
  async #say(said: Said): Promise<void> {
    try {
      await this.#channel.write(said);
    } catch (cause) {
      await this.#told();
      throw ended(cause);
    }
  }
}

function ended(cause?: unknown): never {
  throw new ServiceError("The service ended before this was done; do it again when it runs, or has stopped", { cause });
}
