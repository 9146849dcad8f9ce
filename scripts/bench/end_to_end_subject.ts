/**
 * A server with its archive, and the people on it.
 *
 * @module
 */
import type { TomlTable } from "smol-toml";
import { delay } from "@std/async/delay";
import { Annals } from "../../tests/support/annals.ts";
import { archivePage } from "../../tests/support/archive.ts";
import { Client } from "../../tests/support/client.ts";
import type { Server } from "../../tests/support/servers/server.ts";
import { Chat } from "./chat.ts";
import { Flood } from "./flood.ts";
import { type Place, placeOf } from "./preload/mod.ts";
import { PAGE, type Reach, Scroller } from "./scroller.ts";
import { percentile } from "./statistics.ts";
import type { Figure } from "./table.ts";

/** Owners of the archives that are there before anything is measured. */
export const READERS = [
  { owner: "juliet", messages: 10_000, words: "10 thousand" },
  { owner: "romeo", messages: 200_000, words: "200 thousand" },
] as const;

/** Two people who talk, and those who only read. */
export const ACCOUNTS: readonly string[] = ["alice", "bob", ...READERS.map(({ owner }) => owner)];

/** Somebody with an archive of a certain length. */
interface Reader {
  readonly words: string;
  readonly scroller: Scroller;
}

/** An archive on disk. */
interface Kept {
  readonly place: Place;
  /** Bytes before anybody talked. */
  readonly bytes: number;
}

interface Parts {
  readonly server: Server;
  readonly annals: Annals | undefined;
  readonly kept: Kept | undefined;
  readonly keeper: Keeper | undefined;
  readonly alice: Client;
  readonly bob: Client;
  readonly readers: readonly Reader[];
}

/** A database that a server, or Annals on it, keeps archives in. */
export interface Keeper {
  readonly place: Place;
  /** `[storage]` of Annals. */
  readonly storage: TomlTable;
  /** Seconds of CPU so far. */
  cpu(): Promise<number>;
}

/** Surroundings of a subject: the stack that ends its parts, and the receiver of its progress. */
interface Surroundings {
  readonly running: AsyncDisposableStack;
  readonly companion: boolean;
  /** Default a file of its own. */
  readonly keeper?: Keeper | undefined;
  say(line: string): void;
}

export class Subject {
  readonly #parts: Parts;
  readonly #flood: Flood;
  readonly #chat: Chat;

  private constructor(readonly name: string, parts: Parts) {
    this.#parts = parts;
    this.#flood = new Flood(parts.alice, parts.bob);
    this.#chat = new Chat(parts.alice, parts.bob);
  }

  /** Opens what belongs to a server that runs. */
  static async open(name: string, server: Server, { running, companion, keeper, say }: Surroundings): Promise<Subject> {
    const { archive } = server.site;
    const storage = keeper?.storage ?? {};
    const config = { log: { level: "info" }, max_archive_query_results: PAGE, storage };
    const annals = archive === "annals"
      ? running.use(await Annals.prepare(server.site, { config, companion }))
      : undefined;
    let kept: Kept | undefined;
    if (archive !== "none") {
      const place = keeper?.place ?? placeOf(server, annals);
      say(`${name}: archives of ${READERS.map(({ words }) => words).join(" and ")} messages, ${place.words}`);
      kept = { place, bytes: await fill(server, place) };
    }
    await annals?.start();
    const alice = running.use(await Client.login(server, "alice"));
    const bob = running.use(await Client.login(server, "bob"));
    const readers: Reader[] = [];
    for (const { owner, words } of archive === "none" ? [] : READERS) {
      readers.push({ words, scroller: new Scroller(running.use(await Client.login(server, owner))) });
    }
    const subject = new Subject(name, { server, annals, kept, keeper, alice, bob, readers });
    await subject.converse(200);
    return subject;
  }

  /** Sends messages as fast as the server takes them. */
  async converse(messages: number): Promise<Figure[]> {
    const before = await this.#usage();
    const start = performance.now();
    const last = await this.#flood.send(messages);
    if (this.#parts.kept !== undefined) await this.#untilArchived(last);
    const seconds = (performance.now() - start) / 1000;
    const after = await this.#usage();
    return [
      ["messages a second", "1/s", messages / seconds],
      ["CPU of the server a message", "µs", (after.server - before.server) / messages * 1e6],
      ...this.#ofAnnals("CPU of Annals a message", "µs", (after.annals - before.annals) / messages * 1e6),
      ...this.#ofKeeper("CPU of the database a message", "µs", (after.keeper - before.keeper) / messages * 1e6),
      ["CPU of all a message", "µs", (sumOf(after) - sumOf(before)) / messages * 1e6],
    ];
  }

  /** Reads pages one after another, of each archive. */
  async scroll(reach: Reach): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const { words, scroller } of this.#parts.readers) {
      const before = await this.#usage();
      const times = await scroller.scroll(reach);
      const after = await this.#usage();
      const of = `of an archive of ${words}`;
      times.sort((a, b) => a - b);
      figures.push(
        [`time for a page ${of}, p50`, "ms", percentile(times, 0.5)],
        [`time for a page ${of}, p95`, "ms", percentile(times, 0.95)],
        [`CPU of the server a page ${of}`, "ms", (after.server - before.server) / times.length * 1e3],
        ...this.#ofAnnals(`CPU of Annals a page ${of}`, "ms", (after.annals - before.annals) / times.length * 1e3),
        ...this.#ofKeeper(
          `CPU of the database a page ${of}`,
          "ms",
          (after.keeper - before.keeper) / times.length * 1e3,
        ),
      );
    }
    return figures;
  }

  /** Lets two people talk at their ease, for so many milliseconds each: alone, and while somebody scrolls back. */
  async chat(time: number): Promise<Figure[]> {
    const figures = timesOfMessages("nobody", await this.#chatDuring(() => delay(time)));
    for (const { words, scroller } of this.#parts.readers) {
      let pages: readonly number[] = [];
      const start = performance.now();
      const times = await this.#chatDuring(async () => {
        pages = await scroller.scroll({ pages: Infinity, time });
      });
      const seconds = (performance.now() - start) / 1000;
      figures.push(
        ...timesOfMessages(`somebody with an archive of ${words}`, times),
        [`pages a second of an archive of ${words}, while others talk`, "1/s", pages.length / seconds],
      );
    }
    const { memory } = await this.#parts.server.usage();
    const ofAnnals = await this.#parts.annals?.usage();
    return [
      ...figures,
      ["memory of the server", "MB", memory / 1e6],
      ...this.#ofAnnals("memory of Annals", "MB", (ofAnnals?.memory ?? 0) / 1e6),
    ];
  }

  /** Ends server and archive, and sees what the messages take on disk. */
  async end(): Promise<Figure[]> {
    const { server, annals, kept } = this.#parts;
    await annals?.stop();
    await server.stop();
    if (kept === undefined) return [];
    const grown = await kept.place.bytes() - kept.bytes;
    return [["on disk a message, in both archives", "bytes", grown / (this.#flood.sent + this.#chat.sent)]];
  }

  async #chatDuring(deed: () => Promise<void>): Promise<number[]> {
    const over = new AbortController();
    const [times] = await Promise.all([this.#chat.talk(over.signal), deed().finally(() => over.abort())]);
    return times;
  }

  #ofAnnals(...figure: Figure): Figure[] {
    return this.#parts.annals === undefined ? [] : [figure];
  }

  #ofKeeper(...figure: Figure): Figure[] {
    return this.#parts.keeper === undefined ? [] : [figure];
  }

  async #untilArchived(body: string): Promise<void> {
    for (;;) {
      const { messages: [newest] } = await archivePage(this.#parts.alice, { page: { max: 1, before: "" } });
      if (newest?.body === body) return;
    }
  }

  async #usage(): Promise<Spent> {
    const { server, annals, keeper } = this.#parts;
    const [ofServer, ofAnnals] = await Promise.all([server.usage(), annals?.usage()]);
    return { server: ofServer.cpu, annals: ofAnnals?.cpu ?? 0, keeper: await keeper?.cpu() ?? 0 };
  }
}

/** Seconds of CPU so far. */
interface Spent {
  readonly server: number;
  readonly annals: number;
  readonly keeper: number;
}

function sumOf({ server, annals, keeper }: Spent): number {
  return server + annals + keeper;
}

/** Writes the readers' archives while the server is down. Returns the bytes that they take. */
async function fill(server: Server, place: Place): Promise<number> {
  if (server.site.archive !== "annals") await look(server);
  await server.stop();
  await place.write(READERS.map(({ owner, messages }) => ({ owner, messages, host: server.host })));
  const bytes = await place.bytes();
  await server.start();
  return bytes;
}

/** Looks into an archive: some servers make their tables at the first look. */
async function look(server: Server): Promise<void> {
  await using client = await Client.login(server, READERS[0].owner);
  await archivePage(client, { page: { max: 1 } });
}

function timesOfMessages(scrolling: string, times: readonly number[]): Figure[] {
  return [
    [`time of a message while ${scrolling} scrolls back, p50`, "ms", percentile(times, 0.5)],
    [`time of a message while ${scrolling} scrolls back, p99`, "ms", percentile(times, 0.99)],
  ];
}
