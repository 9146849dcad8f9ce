/**
 * A room of a hundred occupants, and scrolling back in a long one: Annals beside mod_muc_mam and beside no archive.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { Annals } from "../../tests/support/annals.ts";
import { archivePage } from "../../tests/support/archive.ts";
import { Client } from "../../tests/support/client.ts";
import { startProsody } from "../../tests/support/servers/prosody.ts";
import type { Server } from "../../tests/support/servers/server.ts";
import { createIdGenerator } from "../../src/store/id.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { inTurn } from "./rounds.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { PAGE } from "./scroller.ts";
import { percentile } from "./statistics.ts";
import { type Figure, Table } from "./table.ts";

const ROOMS = "rooms.example.test";
const TALK = `talk@${ROOMS}`;
const LONG = `long@${ROOMS}`;
const OCCUPANTS = 100;

/** Milliseconds between two messages of the long room. */
const PACE = 2_000;

const CONFIG = { rooms: [ROOMS], log: { level: "info" }, archive_expires_after: "never" };

const BASELINE = "Prosody without an archive";

interface Kind {
  readonly name: string;
  /** Modules of the rooms, as Lua. */
  readonly modules: string;
  readonly archive: "none" | "annals" | "own-sqlite";
}

const KINDS: readonly Kind[] = [
  { name: BASELINE, modules: "", archive: "none" },
  {
    name: "mod_muc_mam, SQLite",
    modules: `modules_enabled = { "muc_mam" } storage = { muc_log = "sql" }`,
    archive: "own-sqlite",
  },
  {
    name: "Annals",
    modules: `modules_enabled = { "annals" } annals_component = "archive.example.test"`,
    archive: "annals",
  },
];

/** Messages and pages of rooms. */
export const rooms: Scenario = {
  name: "rooms",
  summary: "a room of 100 occupants, and pages of a long one: beside mod_muc_mam and without an archive",
  async run({ quick, say }: BenchOptions): Promise<Outcome> {
    const { rounds, messages, pages, long } = quick
      ? { rounds: 3, messages: 100, pages: 30, long: 20_000 }
      : { rounds: 7, messages: 300, pages: 100, long: 200_000 };
    await using running = new AsyncDisposableStack();
    const subjects: Subject[] = [];
    for (const kind of KINDS) {
      say(`${kind.name}: a room of ${long} messages, and one of ${OCCUPANTS} occupants`);
      subjects.push(await Subject.open(kind, long, running));
    }
    const table = new Table();
    for (const subject of inTurn(subjects, rounds, say)) {
      table.add(subject.name, await subject.talk(messages));
      table.add(subject.name, await subject.scroll(pages));
    }
    return {
      load:
        `${rounds} rounds of ${messages} messages to ${OCCUPANTS} occupants, and ${pages} pages of ${PAGE} of ${long}`,
      baseline: BASELINE,
      series: table.series,
    };
  },
};

class Subject {
  #sent = 0;
  #before = "";

  private constructor(
    readonly name: string,
    readonly archived: boolean,
    readonly server: Server,
    readonly occupants: readonly Client[],
  ) {}

  static async open({ name, modules, archive }: Kind, long: number, running: AsyncDisposableStack): Promise<Subject> {
    const lua = `Component "${ROOMS}" "muc"
  ${modules}
  muc_room_default_public = true
  muc_room_default_persistent = true
  muc_room_locking = false
  muc_log_expires_after = "never"
`;
    const server = running.use(
      await startProsody({ archive, companion: archive === "annals", lua, accounts: ["alice"] }),
    );
    const annals = archive === "annals"
      ? running.use(await Annals.prepare(server.site, { companion: true, config: CONFIG }))
      : undefined;
    await start(annals);
    const occupants: Client[] = [];
    for (let i = 0; i < OCCUPANTS; i++) {
      const client = running.use(await Client.login(server, "alice"));
      occupants.push(client);
      await join(client, `${TALK}/n${i}`);
    }
    const [alice] = occupants;
    if (alice !== undefined && archive !== "none") {
      await join(alice, `${LONG}/n`);
      await begin(alice);
    }
    if (archive === "own-sqlite") fillOwn(`${server.site.folder}/data/archive.sqlite`, long);
    if (annals !== undefined) {
      await annals.stop();
      await fillAnnals(`${annals.folder}/data/archive2.sqlite`, long);
      await start(annals);
    }
    return new Subject(name, archive !== "none", server, occupants);
  }

  /** One occupant says all at once; it is over when everybody has heard the last. */
  async talk(messages: number): Promise<Figure[]> {
    const [alice] = this.occupants;
    const stanzas = Array.from({ length: messages }, () => (
      `<message to='${TALK}' type='groupchat' id='m${++this.#sent}'><body>${bodyOf(this.#sent)}</body></message>`
    ));
    const heard = Promise.all(this.occupants.map((client) => client.count("</message>", messages)));
    const before = await this.server.usage();
    const start = performance.now();
    await alice?.send(stanzas.join(""));
    await heard;
    const seconds = (performance.now() - start) / 1000;
    const after = await this.server.usage();
    return [
      ["messages a second", "1/s", messages / seconds],
      ["CPU of the server a message", "µs", (after.cpu - before.cpu) / messages * 1e6],
    ];
  }

  /** Scrolls back in the long room. */
  async scroll(pages: number): Promise<Figure[]> {
    const [alice] = this.occupants;
    if (!this.archived || alice === undefined) return [];
    const times: number[] = [];
    for (let i = 0; i < pages; i++) {
      const start = performance.now();
      const page = await archivePage(alice, { to: LONG, page: { max: PAGE, before: this.#before }, patience: 120_000 });
      times.push(performance.now() - start);
      if (page.messages.length !== PAGE) {
        throw new Error(`${this.name} gave a page of ${page.messages.length}: ${page.iq}`);
      }
      this.#before = page.complete ? "" : page.first ?? "";
    }
    times.sort((a, b) => a - b);
    return [["time for a page of 50, p50", "ms", percentile(times, 0.5)]];
  }
}

function bodyOf(number: number): string {
  return `${number} It is the east, and Juliet is the sun. Arise, fair sun, and kill the envious moon`;
}

async function join(client: Client, occupant: string): Promise<void> {
  const room = occupant.slice(0, occupant.indexOf("/"));
  await client.send(`<presence to='${occupant}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
  const isSubject = (stanza: Parameters<Parameters<Client["receive"]>[0]>[0]): boolean => (
    stanza.is("message") && stanza.attrs.from?.startsWith(room) === true && stanza.getChild("subject") !== undefined
  );
  await client.receive(isSubject, `the subject of ${room}`);
}

async function start(annals: Annals | undefined): Promise<void> {
  await annals?.start();
  await annals?.event("companion-greeted", { where: { host: ROOMS } });
}

/** Asks for the archive of the long room until it is there: its table is made then, and what was of an earlier room is gone. */
async function begin(alice: Client): Promise<void> {
  while ((await archivePage(alice, { to: LONG })).error !== undefined);
}

/** Fills the archive of the long room while Annals does not run. */
async function fillAnnals(path: string, long: number): Promise<void> {
  await using store = await openSqliteStore({ path });
  const nextId = createIdGenerator({ newest: 0 });
  const begin = Date.now() - long * PACE;
  for (let at = 0; at < long; at += 500) {
    await store.append(Array.from({ length: Math.min(500, long - at) }, (_, i) => {
      const time = begin + (at + i) * PACE;
      const entry = { archive: LONG, id: nextId(time), with: LONG, resource: "n" };
      return { time, stanza: stanzaOf(at + i), beside: "alice@example.test/phone\n{}", entries: [entry] };
    }));
  }
}

function stanzaOf(number: number): string {
  return `<message xmlns='jabber:client' from='${LONG}/n' id='l${number}' type='groupchat'>` +
    `<body>${bodyOf(number)}</body></message>`;
}

/** The table of mod_storage_sql, as mod_muc_mam fills it. */
function fillOwn(database: string, long: number): void {
  using db = new DatabaseSync(database);
  const insert = db.prepare(
    `INSERT INTO prosodyarchive (host, user, store, "when", "with", "key", type, value)
     VALUES (?, 'long', 'muc_log', ?, ?, ?, 'xml', ?)`,
  );
  const begin = Date.now() / 1000 - long * PACE / 1000;
  db.exec("BEGIN");
  for (let i = 0; i < long; i++) {
    insert.run(ROOMS, Math.floor(begin + i * PACE / 1000), "message<groupchat", crypto.randomUUID(), stanzaOf(i));
  }
  db.exec("COMMIT");
}
