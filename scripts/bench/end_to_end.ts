/**
 * Messages through a real server, and pages of them back: with Annals, with the server's own archive, with none.
 *
 * All subjects run at once and are loaded in turn, so that what else the machine does meets them alike. A message
 * counts as dealt with when it was delivered and, where there is an archive, is on its newest page.
 *
 * @module
 */
import { Annals } from "../../src/testing/annals.ts";
import { archivePage } from "../../src/testing/archive.ts";
import { Client } from "../../src/testing/client.ts";
import { install } from "../../src/testing/servers/install.ts";
import { startEjabberd } from "../../src/testing/servers/ejabberd.ts";
import { startProsody } from "../../src/testing/servers/prosody.ts";
import type { ArchiveKeeper, Server } from "../../src/testing/servers/server.ts";
import { Flood } from "./flood.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { percentile } from "./statistics.ts";
import { type Figure, Table } from "./table.ts";

const KEEPERS: readonly (readonly [ArchiveKeeper, string])[] = [
  ["none", "no archive"],
  ["own-sqlite", "own archive in SQLite"],
  ["annals", "Annals"],
];

const PAGE = 50;

/** Messages and pages through Prosody. */
export const prosodyEndToEnd: Scenario = {
  name: "end-to-end-prosody",
  summary: "messages and pages through Prosody with Annals, with its own mod_mam, without an archive",
  async run(options): Promise<Outcome> {
    await install("Prosody", options.say);
    return await measure("Prosody", (archive) => startProsody({ archive }), options);
  },
};

/** Messages and pages through ejabberd. */
export const ejabberdEndToEnd: Scenario = {
  name: "end-to-end-ejabberd",
  summary: "messages and pages through ejabberd with Annals, with its own mod_mam, without an archive",
  async run(options): Promise<Outcome> {
    await install("ejabberd", options.say);
    return await measure("ejabberd", (archive) => startEjabberd({ archive }), options);
  },
};

async function measure(
  make: string,
  start: (archive: ArchiveKeeper) => Promise<Server>,
  { quick, say }: BenchOptions,
): Promise<Outcome> {
  const { rounds, messages, pages } = quick
    ? { rounds: 2, messages: 1_000, pages: 10 }
    : { rounds: 7, messages: 4_000, pages: 60 };
  await using running = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const [archive, words] of KEEPERS) {
    const server = running.use(await start(archive));
    subjects.push(await Subject.open(`${make}, ${words}`, server, running));
  }
  for (const subject of subjects) await subject.flood.send(200);
  const table = new Table();
  for (let round = 1; round <= rounds; round++) {
    // Every other round the other way about: none is always the one that comes after the busiest.
    for (const subject of round % 2 === 0 ? subjects.toReversed() : subjects) {
      say(`round ${round} of ${rounds}: ${subject.name}`);
      table.add(subject.name, await subject.converse(messages));
      if (subject.archives) table.add(subject.name, await subject.scroll(pages));
    }
  }
  return {
    load: `${rounds} rounds of ${messages} messages and ${pages} pages of ${PAGE}`,
    baseline: `${make}, own archive in SQLite`,
    series: table.series,
  };
}

/** A server with its archive, and two people on it. */
class Subject {
  readonly flood: Flood;

  readonly #server: Server;
  readonly #annals: Annals | undefined;
  readonly #alice: Client;

  private constructor(readonly name: string, parts: { server: Server; annals?: Annals; alice: Client; bob: Client }) {
    this.#server = parts.server;
    this.#annals = parts.annals;
    this.#alice = parts.alice;
    this.flood = new Flood(parts.alice, parts.bob);
  }

  /** Opens what belongs to a server; `running` ends it. */
  static async open(name: string, server: Server, running: AsyncDisposableStack): Promise<Subject> {
    const config = { log: { level: "info" }, max_archive_query_results: PAGE };
    const keeper = server.site.archive === "annals" ? await Annals.launch(server.site, { config }) : undefined;
    const annals = running.use(keeper);
    const alice = running.use(await Client.login(server, "alice"));
    const bob = running.use(await Client.login(server, "bob"));
    return new Subject(name, { server, ...annals && { annals }, alice, bob });
  }

  get archives(): boolean {
    return this.#server.site.archive !== "none";
  }

  /** Sends messages as fast as the server takes them. */
  async converse(messages: number): Promise<Figure[]> {
    const before = await this.#usage();
    const start = performance.now();
    const last = await this.flood.send(messages);
    if (this.archives) await this.#untilArchived(last);
    const seconds = (performance.now() - start) / 1000;
    const after = await this.#usage();
    return [
      ["messages a second", "1/s", messages / seconds],
      ["CPU of the server a message", "µs", (after.server - before.server) / messages * 1e6],
      ...this.#ofAnnals("CPU of Annals a message", "µs", (after.annals - before.annals) / messages * 1e6),
      ["CPU of both a message", "µs", (after.server + after.annals - before.server - before.annals) / messages * 1e6],
    ];
  }

  /** Reads pages one after another, from the oldest on. */
  async scroll(pages: number): Promise<Figure[]> {
    const before = await this.#usage();
    const times: number[] = [];
    for (let page = 0, after: string | undefined; page < pages; page++) {
      const start = performance.now();
      const { messages, last } = await archivePage(this.#alice, {
        page: { max: PAGE, ...after === undefined ? {} : { after } },
      });
      times.push(performance.now() - start);
      if (messages.length !== PAGE) throw new Error(`${this.name} gave a page of ${messages.length}, not ${PAGE}`);
      after = last;
    }
    const after = await this.#usage();
    times.sort((a, b) => a - b);
    return [
      [`time for a page of ${PAGE}, p50`, "ms", percentile(times, 0.5)],
      [`time for a page of ${PAGE}, p95`, "ms", percentile(times, 0.95)],
      ["CPU of the server a page", "ms", (after.server - before.server) / pages * 1e3],
      ...this.#ofAnnals("CPU of Annals a page", "ms", (after.annals - before.annals) / pages * 1e3),
    ];
  }

  #ofAnnals(...figure: Figure): Figure[] {
    return this.#annals === undefined ? [] : [figure];
  }

  async #untilArchived(body: string): Promise<void> {
    for (;;) {
      const { messages: [newest] } = await archivePage(this.#alice, { page: { max: 1, before: "" } });
      if (newest?.body === body) return;
    }
  }

  /** Seconds of CPU so far. */
  async #usage(): Promise<{ server: number; annals: number }> {
    const [server, annals] = await Promise.all([this.#server.usage(), this.#annals?.usage()]);
    return { server: server.cpu, annals: annals?.cpu ?? 0 };
  }
}
