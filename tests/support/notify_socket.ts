/**
 * The end of sd_notify(3) that a service manager holds.
 *
 * @module
 */

/** A socket that is told how a service is. */
export class NotifySocket implements AsyncDisposable {
  /** Every assignment so far, such as `READY=1`. */
  readonly told: string[] = [];

  private constructor(readonly folder: string, readonly socket: Deno.DatagramConn) {}

  static async open(): Promise<NotifySocket> {
    const folder = await Deno.makeTempDir({ prefix: "annals-manager-" });
    return new NotifySocket(folder, Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` }));
  }

  /** Environment that a service manager gives the service. */
  get env(): Readonly<Record<string, string>> {
    return { NOTIFY_SOCKET: `${this.folder}/notify` };
  }

  /** Waits for an assignment, told from the one with index `from` on; returns the index after it. */
  async until(assignment: string | RegExp, from = 0): Promise<number> {
    for (let index = from;; index++) {
      while (index >= this.told.length) {
        const [datagram] = await this.socket.receive();
        this.told.push(...new TextDecoder().decode(datagram).split("\n"));
      }
      const told = this.told[index] ?? "";
      if (typeof assignment === "string" ? told === assignment : assignment.test(told)) return index + 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}
