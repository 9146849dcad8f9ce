/**
 * A wire between a store and its database, which can be cut.
 *
 * @module
 */

/** Passes on what comes to a port of its own, for as long as it is to. */
export class Wire implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #port: number;
  readonly #open = new Set<Deno.TcpConn>();
  /** Before this answer of the database the wire is cut, the so manieth of its kind. */
  #last: RegExp | undefined;
  #left = 0;
  #mute = false;
  #cuts = 0;

  /** To a port of this machine, from an address of it. */
  constructor(port: number, hostname = "127.0.0.1") {
    this.#port = port;
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Number of times it was cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Lets the database do what is asked, and nobody hear the answer that matches, or the so manieth that does. */
  cutBefore(last: RegExp, count = 1): void {
    this.#last = last;
    this.#left = count;
  }

  /** Says nothing any longer, without a word about it; new connections come to nothing as well. */
  mute(): void {
    this.#mute = true;
  }

  /** Passes on again what comes by new connections. */
  unmute(): void {
    this.#mute = false;
  }

  /** Cuts all that there is. */
  cut(): void {
    for (const end of this.#open) this.#close(end);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.cut();
  }

  async #accept(): Promise<void> {
    for await (const store of this.#listener) {
      this.#open.add(store);
      this.#join(store).catch(() => {}).finally(() => this.#close(store));
    }
  }

  async #join(store: Deno.TcpConn): Promise<void> {
    const database = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    this.#open.add(database);
    const asked = this.#pass(store, database, () => true);
    const answered = this.#pass(database, store, (bytes) => {
      if (!this.#last?.test(new TextDecoder("latin1").decode(bytes)) || --this.#left > 0) return true;
      this.#last = undefined;
      this.#cuts++;
      return false;
    });
    await Promise.race([asked, answered]).catch(() => {});
    this.#close(store);
    this.#close(database);
    await Promise.allSettled([asked, answered]);
  }

  /** Passes bytes on until there are no more, or one of them is not to be passed on. */
  async #pass(from: Deno.TcpConn, to: Deno.TcpConn, passes: (bytes: Uint8Array) => boolean): Promise<void> {
    for await (const bytes of from.readable.values({ preventCancel: true })) {
      if (this.#mute) continue;
      if (!passes(bytes)) return;
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    }
  }

  #close(end: Deno.TcpConn): void {
    if (!this.#open.delete(end)) return;
    try {
      end.close();
    } catch (error) {
      // Reading to its end has closed it already.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}
