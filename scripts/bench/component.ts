/**
 * Annals by itself: a peer plays the server, and hands over messages and requests as fast as they are taken.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { Annals } from "../../src/testing/annals.ts";
import { Peer } from "./peer.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { percentile } from "./statistics.ts";
import { type Figure, Table } from "./table.ts";
import { type Copying, oncePerHop, oncePerMessage, Talk } from "./talk.ts";

const PAGE = 50;

/** Messages a second that arrive while somebody reads: a busy server, which leaves Annals room. */
const FLOW = 2_000;

/** Pages that are asked for at once where it is how many that counts, not how soon. */
const AT_ONCE = 8;

/** What one Annals is given to do. */
interface Situation {
  readonly name: string;
  /** How many people talk, each with an archive. */
  readonly people: number;
  /** Messages in the archive of somebody else, whose pages are read. */
  readonly toRead: number;
  readonly copying: Copying;
}

const BASELINE: Situation = { name: "2 archives", people: 2, toRead: 10_000, copying: oncePerMessage };

const SITUATIONS: readonly Situation[] = [
  BASELINE,
  { ...BASELINE, name: "1,000 archives", people: 1_000 },
  { ...BASELINE, name: "1,000 archives, copies at every hop", people: 1_000, copying: oncePerHop },
];

const LARGE: Situation = {
  ...BASELINE,
  name: "1,000 archives, that read 200,000 long",
  people: 1_000,
  toRead: 200_000,
};

/** Copies in and pages out, of Annals alone. */
export const component: Scenario = {
  name: "component",
  summary: "messages and pages through Annals alone: its speed, CPU and memory, and pages while messages arrive",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const { rounds, messages, pages, situations } = quick
      ? { rounds: 2, messages: 5_000, pages: 50, situations: SITUATIONS }
      : { rounds: 7, messages: 20_000, pages: 200, situations: [...SITUATIONS, LARGE] };
    await using running = new AsyncDisposableStack();
    const subjects: Subject[] = [];
    for (const situation of situations) {
      say(`filling an archive: ${situation.name}`);
      const subject = running.use(await Subject.open(situation));
      // What has not run often yet is not compiled yet.
      await subject.take(messages);
      await subject.read(pages);
      subjects.push(subject);
    }
    const table = new Table();
    for (let round = 1; round <= rounds; round++) {
      for (const subject of round % 2 === 0 ? subjects.toReversed() : subjects) {
        say(`round ${round} of ${rounds}: ${subject.name}`);
        table.add(subject.name, await subject.take(messages));
        table.add(subject.name, await subject.read(pages));
      }
    }
    return {
      load: `${rounds} rounds of ${messages} messages of about 320 bytes and ${pages} pages of ${PAGE}`,
      baseline: BASELINE.name,
      series: table.series,
    };
  },
};

/** One Annals, with the peer that is its server. */
class Subject implements AsyncDisposable {
  readonly name: string;
  readonly #peer: Peer;
  readonly #annals: Annals;
  readonly #copying: Copying;
  readonly #talk: Talk;
  readonly #reader: string;
  /** Where the reader is; `""` at the end of the archive. */
  #place = "";

  private constructor({ name, people, copying }: Situation, peer: Peer, annals: Annals) {
    this.name = name;
    this.#peer = peer;
    this.#annals = annals;
    this.#copying = copying;
    this.#talk = new Talk(Array.from({ length: people }, (_, i) => `user${i}`), copying, partiesOf(peer));
    this.#reader = `juliet@${peer.host}`;
  }

  static async open(situation: Situation): Promise<Subject> {
    await using opened = new AsyncDisposableStack();
    const peer = opened.use(new Peer());
    const config = { log: { level: "info" }, max_archive_query_results: PAGE };
    const [annals] = await Promise.all([Annals.launch(peer.site, { config }), peer.welcome()]);
    const subject = new Subject(situation, peer, annals);
    const toRead = new Talk(["juliet", "romeo"], oncePerMessage, partiesOf(peer));
    for (let left = situation.toRead; left > 0; left -= 10_000) await peer.say(toRead.next(Math.min(left, 10_000)));
    await subject.#untilTaken(toRead);
    opened.move();
    return subject;
  }

  /** Hands over messages as fast as they are taken. */
  async take(messages: number): Promise<Figure[]> {
    const copies = new TextEncoder().encode(this.#talk.next(messages));
    const before = await this.#annals.usage();
    const start = performance.now();
    await this.#peer.say(copies);
    await this.#untilTaken(this.#talk);
    const seconds = (performance.now() - start) / 1000;
    const after = await this.#annals.usage();
    return [
      ["messages a second", "1/s", messages / seconds],
      ["CPU a message", "µs", (after.cpu - before.cpu) / messages * 1e6],
      ["memory after the messages", "MB", after.memory / 1e6],
    ];
  }

  /** Scrolls back through the archive: alone, then many pages at once, then while messages arrive. */
  async read(pages: number): Promise<Figure[]> {
    const before = await this.#annals.usage();
    const alone = await this.#scroll(pages);
    const after = await this.#annals.usage();
    const start = performance.now();
    for (let done = 0; done < alone.places.length; done += AT_ONCE) {
      await this.#pages(alone.places.slice(done, done + AT_ONCE));
    }
    const seconds = (performance.now() - start) / 1000;
    await using flow = new Flow(this.#peer, this.#talk);
    await flow.begun();
    const busy = await this.#scroll(pages);
    const { memory } = await this.#annals.usage();
    const [p50, p99] = [percentile(alone.times, 0.5), percentile(alone.times, 0.99)];
    const [busy50, busy99] = [percentile(busy.times, 0.5), percentile(busy.times, 0.99)];
    return [
      ["CPU a page", "ms", (after.cpu - before.cpu) / pages * 1e3],
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

  /** One page after another, each before the last; from the beginning of the archive on to its end again. */
  async #scroll(pages: number): Promise<{ times: readonly number[]; places: readonly string[] }> {
    const times: number[] = [];
    const places: string[] = [];
    for (let page = 0; page < pages; page++) {
      places.push(this.#place);
      const start = performance.now();
      const answer = await this.#pages([this.#place]);
      times.push(performance.now() - start);
      this.#place = answer.includes(`complete="true"`) ? "" : firstOf(answer);
    }
    return { times: times.sort((a, b) => a - b), places };
  }

  /** Pages of the reader's archive, which a server may copy back. */
  async #pages(places: readonly string[]): Promise<string> {
    const answers = await this.#peer.pages(places.map((before) => ({ owner: this.#reader, max: PAGE, before })));
    const results = answers.split("</result>").length - 1;
    if (results !== places.length * PAGE) {
      throw new Error(`${this.name} gave ${results} results, expected ${places.length} pages of ${PAGE}`);
    }
    await this.#peer.say(this.#copying.copiesOfResults(answers, partiesOf(this.#peer)));
    return answers;
  }

  async #untilTaken({ lastReceiver: owner, lastBody }: Talk): Promise<void> {
    while (!(await this.#peer.pages([{ owner, max: 1, before: "" }])).includes(`<body>${lastBody}</body>`));
  }
}

/** Messages that arrive at an even rate until it is disposed of. */
class Flow implements AsyncDisposable {
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #over = false;

  constructor(peer: Peer, talk: Talk) {
    this.#ended = this.#run(peer, talk);
  }

  /** Resolves when the first messages have been handed over. */
  begun(): Promise<void> {
    return this.#begun.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#ended;
  }

  async #run(peer: Peer, talk: Talk): Promise<void> {
    const start = performance.now();
    for (let sent = 0; !this.#over;) {
      const due = Math.floor((performance.now() - start) / 1000 * FLOW) - sent;
      if (due > 0) {
        await peer.say(talk.next(due));
        this.#begun.resolve();
      }
      sent += due;
      await delay(2);
    }
  }
}

function partiesOf({ host, site: { component } }: Peer): { host: string; component: string } {
  return { host, component };
}

function firstOf(answer: string): string {
  const [, first] = /<first[^>]*>([^<]+)<\/first>/.exec(answer) ?? [];
  if (first === undefined) throw new Error("The answer names no first message");
  return first;
}
