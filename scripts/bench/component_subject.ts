/**
 * One Annals, with the peer that is its server.
 *
 * @module
 */
import type { TomlTable } from "smol-toml";
import { Annals } from "../../tests/support/annals.ts";
import type { Usage } from "../../tests/support/usage.ts";
import { FLOW, Flow } from "./flow.ts";
import { Peer } from "./peer.ts";
import { percentile } from "./statistics.ts";
import type { Figure } from "./table.ts";
import { type Copying, type Parties, Talk } from "./talk.ts";

/** Messages of a page. */
export const PAGE = 50;

/** Milliseconds in which all that was handed over must be in the archive. */
const PATIENCE = 60_000;

/** Pages that are asked for at once where it is how many that counts, not how soon. */
const AT_ONCE = 8;

/** In the answer with the first page of an archive. */
const COMPLETE = `complete="true"`;

/** A database beside Annals. */
export interface Keeper {
  /** `[storage]` of Annals. */
  readonly storage: TomlTable;
  /** Seconds of CPU so far; absent where it is not a process of its own. */
  readonly cpu?: () => Promise<number>;
}

/** Load and surroundings of one Annals. */
export interface Situation {
  readonly name: string;
  /** Number of people who talk, each with an archive. */
  readonly people: number;
  readonly copying: Copying;
  /** Keeper of the archives, if they are not in a file of their own. */
  readonly keeper?: Keeper;
  /** Their names; default `user0`, `user1` and so on. */
  readonly names?: readonly string[];
  /** Fills the database beforehand. Returns the bare JIDs of those whose pages are read, in turn. */
  fill(database: string, parties: Parties): Promise<readonly string[]>;
}

/** Usage of Annals, and the seconds of CPU of its database. */
interface Spent extends Usage {
  readonly keeper: number;
}

export class Subject implements AsyncDisposable {
  readonly name: string;
  readonly #peer: Peer;
  readonly #annals: Annals;
  readonly #keeper: Keeper | undefined;
  readonly #copying: Copying;
  readonly #talk: Talk;
  readonly #readers: readonly string[];
  /** Position of each reader; none at the end of the archive. */
  readonly #places = new Map<string, string>();
  #turn = 0;

  private constructor(
    { name, people, copying, keeper, names }: Situation,
    { peer, annals, readers }: { peer: Peer; annals: Annals; readers: readonly string[] },
  ) {
    this.name = name;
    this.#peer = peer;
    this.#annals = annals;
    this.#copying = copying;
    this.#keeper = keeper;
    const talkers = names ?? Array.from({ length: people }, (_, i) => `user${i}`);
    this.#talk = new Talk(talkers, copying, partiesOf(peer));
    this.#readers = readers;
  }

  static async open(situation: Situation): Promise<Subject> {
    await using opened = new AsyncDisposableStack();
    const peer = opened.use(new Peer());
    const { storage = {} } = situation.keeper ?? {};
    const config = { log: { level: "info" }, max_archive_query_results: PAGE, archive_expires_after: "never", storage };
    const annals = opened.use(await Annals.prepare(peer.site, { config }));
    const readers = await situation.fill(`${annals.folder}/data/archive2.sqlite`, partiesOf(peer));
    await Promise.all([annals.start(), peer.welcome()]);
    const subject = new Subject(situation, { peer, annals, readers });
    opened.move();
    return subject;
  }

  /** Hands over messages as fast as they are taken. */
  async take(messages: number): Promise<Figure[]> {
    const copies = new TextEncoder().encode(this.#talk.next(messages));
    const before = await this.#usage();
    const start = performance.now();
    await this.#peer.say(copies);
    await this.#untilTaken(this.#talk);
    const seconds = (performance.now() - start) / 1000;
    const after = await this.#usage();
    return [
      ["messages a second", "1/s", messages / seconds],
      ["CPU a message", "µs", (after.cpu - before.cpu) / messages * 1e6],
      ...this.#ofKeeper("message", "µs", [before, after], messages / 1e6),
      ["memory after the messages", "MB", after.memory / 1e6],
    ];
  }

  /** Scrolls back through the archive: alone, then many pages at once, then while messages arrive. */
  async read(pages: number): Promise<Figure[]> {
    const reader = this.#readers[this.#turn++ % this.#readers.length] ?? "";
    const before = await this.#usage();
    const alone = await this.#scroll(reader, pages);
    const after = await this.#usage();
    const start = performance.now();
    for (let done = 0; done < alone.places.length; done += AT_ONCE) {
      await this.#pages(reader, alone.places.slice(done, done + AT_ONCE));
    }
    const seconds = (performance.now() - start) / 1000;
    await using flow = new Flow(this.#peer, this.#talk);
    await flow.begun();
    const busy = await this.#scroll(reader, pages);
    const { memory } = await this.#annals.usage();
    const [p50, p99] = [percentile(alone.times, 0.5), percentile(alone.times, 0.99)];
    const [busy50, busy99] = [percentile(busy.times, 0.5), percentile(busy.times, 0.99)];
    return [
      ["CPU a page", "ms", (after.cpu - before.cpu) / pages * 1e3],
      ...this.#ofKeeper("page", "ms", [before, after], pages / 1e3),
      [`pages a second, ${AT_ONCE} at once`, "1/s", pages / seconds],
      ["time for a page, p50", "ms", p50],
      ["time for a page, p99", "ms", p99],
      [`time for a page while ${FLOW} messages/s arrive, p50`, "ms", busy50],
      [`time for a page while ${FLOW} messages/s arrive, p99`, "ms", busy99],
      ["how much longer a page takes while messages arrive, p50", "times", busy50 / p50],
      ["how much longer a page takes while messages arrive, p99", "times", busy99 / p99],
      ["memory after the pages", "MB", memory / 1e6],
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#annals[Symbol.asyncDispose]();
    await this.#peer[Symbol.asyncDispose]();
  }

  async #usage(): Promise<Spent> {
    const { cpu, memory } = await this.#annals.usage();
    return { cpu, memory, keeper: await this.#keeper?.cpu?.() ?? 0 };
  }

  #ofKeeper(what: string, unit: string, [before, after]: readonly [Spent, Spent], per: number): Figure[] {
    if (this.#keeper === undefined) return [];
    const keeper = after.keeper - before.keeper;
    return [
      ...this.#keeper.cpu === undefined ? [] : [[`CPU of the database a ${what}`, unit, keeper / per] as const],
      [`CPU of both a ${what}`, unit, (keeper + after.cpu - before.cpu) / per],
    ];
  }

  /** One page after another, each before the last; from the beginning of the archive on to its end again. */
  async #scroll(reader: string, pages: number): Promise<{ times: readonly number[]; places: readonly string[] }> {
    const times: number[] = [];
    const places: string[] = [];
    for (let page = 0; page < pages; page++) {
      const place = this.#places.get(reader) ?? "";
      places.push(place);
      const start = performance.now();
      const answer = await this.#pages(reader, [place]);
      times.push(performance.now() - start);
      this.#places.set(reader, answer.includes(COMPLETE) ? "" : firstOf(answer));
    }
    return { times: times.sort((a, b) => a - b), places };
  }

  /** Pages of a reader's archive, which a server may copy back. */
  async #pages(owner: string, places: readonly string[]): Promise<string> {
    const answers = await this.#peer.pages(places.map((before) => ({ owner, max: PAGE, before })));
    const [results = 0, last = 0] = ["</result>", COMPLETE].map((mark) => answers.split(mark).length - 1);
    // The page at the beginning of an archive may have fewer.
    if (results < (places.length - last) * PAGE) {
      throw new Error(`${this.name} gave ${results} results, expected ${places.length} pages of ${PAGE}`);
    }
    await this.#peer.say(this.#copying.copiesOfResults(answers, partiesOf(this.#peer)));
    return answers;
  }

  async #untilTaken({ lastReceiver: owner, lastBody }: Talk): Promise<void> {
    // Others may write to the same archive.
    const max = this.#keeper === undefined ? 1 : PAGE;
    const until = performance.now() + PATIENCE;
    while (!(await this.#peer.pages([{ owner, max, before: "" }])).includes(`<body>${lastBody}</body>`)) {
      if (performance.now() > until) throw new Error(`${this.name} has lost the last message, or takes forever`);
    }
  }
}

function partiesOf({ host, site: { component } }: Peer): Parties {
  return { host, component };
}

function firstOf(answer: string): string {
  const [, first] = /<first[^>]*>([^<]+)<\/first>/.exec(answer) ?? [];
  if (first === undefined) throw new Error("The answer names no first message");
  return first;
}
