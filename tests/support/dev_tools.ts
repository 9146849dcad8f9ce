/**
 * The DevTools Protocol: requests and events as JSON over a WebSocket.
 *
 * @module
 */

/** Parameters or result of a call or event. */
export type Details = Readonly<Record<string, unknown>>;

interface Incoming {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Details;
  readonly result?: Details;
  readonly error?: { readonly message: string };
}

/** One of the things that a browser lets be inspected, such as a tab. */
export interface Session {
  ask(method: string, params?: Details): Promise<Details>;
  on(event: string, handler: (params: Details) => void): void;
}

/** A connection to a browser. */
export class DevTools {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Details>>();
  readonly #handlers = new Map<string, (params: Details) => void>();
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The browser has gone away"));
    };
  }

  static async connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`Cannot connect to the browser at ${url}`));
    });
    return new DevTools(socket);
  }

  /** Asks the browser, or one of its sessions. Rejects with what it objects to. */
  async ask(method: string, params: Details = {}, sessionId?: string): Promise<Details> {
    const id = ++this.#count;
    const answer = Promise.withResolvers<Details>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, ...sessionId !== undefined && { sessionId } }));
    return await answer.promise;
  }

  session(id: string): Session {
    return {
      ask: (method, params) => this.ask(method, params, id),
      on: (event, handler) => void this.#handlers.set(`${id} ${event}`, handler),
    };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve));
    this.#socket.close();
    await closed;
  }

  #take({ id, sessionId, method, params = {}, result = {}, error }: Incoming): void {
    if (id === undefined) return this.#handlers.get(`${sessionId} ${method}`)?.(params);
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(`The browser objects: ${error.message}`));
  }
}
