/**
 * A network between Annals and its database: what goes through takes its time, and keeps its order.
 *
 * @module
 */
import { connect, createServer, type Server, type Socket } from "node:net";

/** Forwards connections to a port of this machine; each way takes so many milliseconds. */
export class Distance implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number, way: number) {
    this.#server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port, host: "127.0.0.1", noDelay: true });
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.#sockets.add(from);
        from.on("data", (data) => void setTimeout(() => to.write(data), way));
        from.on("close", () => setTimeout(() => to.destroy(), way));
        from.on("error", () => to.destroy());
      }
    });
  }

  /** Begins to take connections on a free port. */
  static async open(port: number, way: number): Promise<Distance> {
    const distance = new Distance(port, way);
    await new Promise<void>((resolve) => distance.#server.listen(0, "127.0.0.1", resolve));
    return distance;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The distance is closed");
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
