import type { Session } from "./session.ts";

/** Sessions that are used by one at a time, and made when they are needed. */
export class Pool {
  readonly #create: () => Session;
  readonly #most: number;
  readonly #idle: Session[] = [];
  readonly #waiting: PromiseWithResolvers<Session>[] = [];
  #busy = 0;
  #ended: PromiseWithResolvers<void> | undefined;

  constructor(create: () => Session, most: number) {
    this.#create = create;
    this.#most = most;
  }

  /** Waits for a session where as many as there may be are in use. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take();
    try {
      return await work(session);
    } finally {
      this.#give(session);
    }
  }

  /** Lets those that are in use be used to the end. */
  async end(): Promise<void> {
    this.#ended ??= Promise.withResolvers();
    for (const { reject } of this.#waiting.splice(0)) reject(endedError());
    if (this.#busy === 0) this.#ended.resolve();
    await this.#ended.promise;
    await Promise.all(this.#idle.splice(0).map((session) => session.end()));
  }

  async #take(): Promise<Session> {
    if (this.#ended !== undefined) throw endedError();
    if (this.#busy === this.#most) {
      const waiting = Promise.withResolvers<Session>();
      this.#waiting.push(waiting);
      return await waiting.promise;
    }
    // What cannot be made takes no place.
    const session = this.#usable();
    this.#busy++;
    return session;
  }

  #give(session: Session): void {
    if (!session.isLost) this.#idle.push(session);
    const next = this.#waiting.shift();
    if (next !== undefined) return next.resolve(this.#usable());
    this.#busy--;
    if (this.#busy === 0) this.#ended?.resolve();
  }

  #usable(): Session {
    let session = this.#idle.pop();
    while (session?.isLost) session = this.#idle.pop();
    return session ?? this.#create();
  }
}

function endedError(): Error {
  return Object.assign(new Error("There are no more sessions"), { code: "CONNECTION_ENDED" });
}
