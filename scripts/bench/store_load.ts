/**
 * Messages between a server's users, for benchmarks of the store: the same at every run.
 *
 * @module
 */
import type { ArchiveStore, NewMessage } from "../../src/store/archive.ts";
import { type ArchiveId, createIdGenerator } from "../../src/store/id.ts";

/** Number of contacts of each user. */
const CONTACTS = 20;

/** Bytes of a stanza: from the least to the most. */
const STANZA = [250, 300] as const;

const WORDS = "O Romeo, Romeo, wherefore art thou Romeo? ".repeat(8);

/** Size of the load. */
interface LoadOptions {
  /** Milliseconds between two messages; by default, a thousand users send fifty a second. */
  readonly pace?: number;
  /** Default `example.test`. */
  readonly host?: string;
  /** The time at which a message is sent, in milliseconds since 1970; by default a simulated one. */
  readonly clock?: () => number;
}

/** Users who talk with each other, each message archived for both ends. */
export class Load {
  /** The users' bare JIDs. */
  readonly users: readonly string[];
  readonly #contacts: ReadonlyMap<string, readonly string[]>;
  readonly #random = randomNumbers();
  readonly #nextId: (time: number) => ArchiveId;
  readonly #pace: number;
  readonly #clock: (() => number) | undefined;
  /** Simulated time, in milliseconds since 1970. */
  #now = Date.UTC(2026, 0, 1);

  constructor(users: number, { pace = 20_000 / users, host = "example.test", clock }: LoadOptions = {}) {
    this.users = Array.from({ length: users }, (_, index) => `user${index}@${host}`);
    this.#contacts = new Map(this.users.map((user) => [user, Array.from({ length: CONTACTS }, () => this.anybody())]));
    this.#nextId = createIdGenerator({ newest: 0 });
    this.#pace = pace;
    this.#clock = clock;
  }

  /** When the last message was sent, in milliseconds since 1970. */
  get now(): number {
    return Math.floor(this.#now);
  }

  anybody(): string {
    return this.#pick(this.users);
  }

  contactOf(user: string): string {
    return this.#pick(this.#contacts.get(user) ?? []);
  }

  batch(messages: number): NewMessage[] {
    return Array.from({ length: messages }, () => this.#message());
  }

  /** Lets them talk until so many messages are stored. */
  async fill(store: ArchiveStore, messages: number): Promise<void> {
    for (let left = messages; left > 0; left -= 500) await store.append(this.batch(Math.min(500, left)));
  }

  #message(): NewMessage {
    this.#now = this.#clock?.() ?? this.#now + this.#pace;
    const time = Math.floor(this.#now);
    const from = this.anybody();
    const to = this.contactOf(from);
    const head = `<message xmlns='jabber:client' type='chat' from='${from}/phone' to='${to}'><body>`;
    const tail = "</body></message>";
    const [least, most] = STANZA;
    const length = least + Math.floor(this.#random() * (most - least)) - head.length - tail.length;
    return {
      time,
      stanza: head + WORDS.slice(0, length) + tail,
      entries: [
        { archive: from, id: this.#nextId(time), with: to, resource: "phone" },
        { archive: to, id: this.#nextId(time), with: from, resource: "phone" },
      ],
    };
  }

  #pick(some: readonly string[]): string {
    return some[Math.floor(this.#random() * some.length)] ?? "";
  }
}

/** Numbers from 0 to 1 that look random and are the same at every run (mulberry32). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let bits = Math.imul(state ^ state >>> 15, state | 1);
    bits ^= bits + Math.imul(bits ^ bits >>> 7, bits | 61);
    return ((bits ^ bits >>> 14) >>> 0) / 2 ** 32;
  };
}
