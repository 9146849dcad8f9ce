/**
 * Proxy between a client and a server that may fall silent.
 *
 * @module
 */

/** Passes connections on to a port of this machine. */
export class Proxy implements AsyncDisposable {
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: number;
  readonly #connections: Deno.TcpConn[] = [];
  readonly #passing: Promise<void>[] = [];
  #thawed: Promise<void> = Promise.resolve();
  #thaw = (): void => {};

  constructor(target: number) {
    this.port = this.#listener.addr.port;
    this.#target = target;
    this.#passing.push(this.#accept());
  }

  /** From here on nothing gets through, on no connection; each stays open. */
  freeze(): void {
    ({ promise: this.#thawed, resolve: this.#thaw } = Promise.withResolvers<void>());
  }

  /** Everything goes on, what was held up too. */
  thaw(): void {
    this.#thaw();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thaw();
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await Promise.all(this.#passing);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      this.#connections.push(client);
      this.#passing.push(this.#connect(client));
    }
  }

  async #connect(client: Deno.TcpConn): Promise<void> {
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#connections.push(server);
      await Promise.all([this.#pass(client, server), this.#pass(server, client)]);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      close(client);
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        await this.#thawed;
        for (let sent = 0; sent < count;) sent += await to.write(buffer.subarray(sent, count));
      }
    } catch {
      // Either end may go at any time; the other is told so.
    }
    close(from);
    close(to);
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
