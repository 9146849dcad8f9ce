/**
 * Operations of a store, as lines that one process writes and another reads, and the contents that must follow.
 *
 * @module
 */
import type { Entry, NewMessage, Preferences } from "../../src/store/archive.ts";
import { EPOCH, firstNumberAt, formatArchiveId, parseArchiveId, timeOfNumber } from "../../src/store/id.ts";

/** People who talk all the time. */
export const REGULARS: readonly string[] = ["romeo", "juliet", "nurse", "tybalt", "mercutio"].map((name) =>
  `${name}@verona.test`
);

/** People who seldom talk, so that there is always an owner whom a store does not know. */
export const GUESTS: readonly string[] = Array.from({ length: 200 }, (_, i) => `guest${i}@verona.test`);

/** Owners of archives. */
export const OWNERS: readonly string[] = [...REGULARS, ...GUESTS];

/** A change of a store. */
export type Operation =
  | { readonly kind: "append"; readonly messages: readonly Message[] }
  | { readonly kind: "expire"; readonly before: number; readonly limit: number }
  | { readonly kind: "prefer"; readonly owner: string; readonly preferences: Preferences };

/** A message whose stanza follows from its time and its length. */
export interface Message {
  readonly time: number;
  readonly length: number;
  /** Archive ids as text, with whose archive each is for and whom it is with. */
  readonly entries: readonly { readonly id: string; readonly archive: string; readonly with: string }[];
}

/** The message as a store takes it. */
export function newMessage(message: Message): NewMessage {
  return {
    time: message.time,
    stanza: stanzaOf(message),
    entries: message.entries.map(({ id, ...rest }) => ({ ...rest, id: parsed(id), resource: "orchard" })),
  };
}

/** Contents of a store. */
export interface Contents {
  /** By owner; those that hold nothing are left out. */
  readonly archives: Readonly<Record<string, readonly Entry[]>>;
  readonly preferences: Readonly<Record<string, Preferences>>;
}

/** Expected contents, of which a sweep may have removed any number of each archive's oldest entries. */
export interface Expectation extends Contents {
  /** The first number that no sweep has asked for. */
  readonly swept: number;
}

/** Expected contents after operations; throws when their ids repeat, or run backwards. */
export class StoreModel {
  /** The greatest number that any id had. */
  newest = 0;
  /** In the order of their numbers. */
  #messages: readonly Message[] = [];
  #preferences: Readonly<Record<string, Preferences>> = {};
  #swept = 0;

  /** When its newest message was received, or somewhat earlier, as clocks do that. */
  get time(): number {
    return this.newest === 0 ? EPOCH : timeOfNumber(this.newest);
  }

  /** Another of its kind, after further operations. */
  after(operations: readonly Operation[]): StoreModel {
    const model = new StoreModel();
    model.newest = this.newest;
    model.#messages = this.#messages;
    model.#preferences = this.#preferences;
    model.#swept = this.#swept;
    for (const operation of operations) model.#apply(operation);
    return model;
  }

  /** Leaves out what sweeps have taken: it must not come back. */
  leaving({ archives }: Contents): StoreModel {
    const ids = new Set(Object.values(archives).flat().map(({ id }) => id));
    const model = this.after([]);
    model.#messages = this.#messages.flatMap((message) => {
      const entries = message.entries.filter(({ id }) => ids.has(id));
      return entries.length === 0 ? [] : { ...message, entries };
    });
    return model;
  }

  contents(): Expectation {
    const archives: Record<string, Entry[]> = {};
    for (const message of this.#messages) {
      for (const { archive, id } of message.entries) {
        (archives[archive] ??= []).push({ id, time: message.time, stanza: stanzaOf(message) });
      }
    }
    return { archives, preferences: this.#preferences, swept: this.#swept };
  }

  #apply(operation: Operation): void {
    switch (operation.kind) {
      case "append":
        this.#messages = [...this.#messages, ...operation.messages];
        operation.messages.forEach(({ entries }) => entries.forEach(({ id }) => this.#advance(parsed(id).number)));
        break;
      case "expire":
        this.#swept = Math.max(this.#swept, firstNumberAt(operation.before));
        break;
      case "prefer":
        this.#preferences = { ...this.#preferences, [operation.owner]: operation.preferences };
        break;
    }
  }

  #advance(number: number): void {
    if (number <= this.newest) throw new RangeError(`Found the number ${number} behind ${this.newest}`);
    this.newest = number;
  }
}

/** Long ones fill several pages of a database. */
function stanzaOf({ time, length }: Message): string {
  return `<message id='${time}'>`.padEnd(length, `${time} `);
}

function parsed(text: string): NonNullable<ReturnType<typeof parseArchiveId>> {
  const id = parseArchiveId(text);
  if (id === undefined || formatArchiveId(id) !== text) throw new TypeError(`Found "${text}", expected an archive id`);
  return id;
}
