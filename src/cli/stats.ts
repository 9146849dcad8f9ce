/**
 * `annals stats`: what there is in the archives, and where something may be missing.
 *
 * @module
 */
import { type Config, pluginValues } from "../config/config.ts";
import { openArchivesToRead } from "../runtime/stores.ts";
import { answeredElsewhere } from "../runtime/delegation_watch.ts";
import { bytes, count, duration, many } from "../lib/words.ts";
import { noting } from "../plugins/mam/upkeep/controls.ts";
import mam from "../plugins/mam/mod.ts";
import type { ArchiveReader } from "../store/archive.ts";
import type { Chronicle, StoreSize, Survey } from "../store/figures.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { ACCOUNT, optional, SWITCH } from "./flag.ts";
import { columns, jsonLine, jsonStamp, stamp } from "./lines.ts";
import { type Outage, outagesOf } from "./outages.ts";
import { requireKnown } from "./known_account.ts";
import { runningService } from "./service.ts";
import type { System } from "./system.ts";

export const stats = configuredCommand({
  summary: "Says what the archives hold, what was not kept and why, and when the server could not reach them",
  example: "annals stats --user juliet@example.org",
  flags: { user: optional(ACCOUNT), json: SWITCH },
  async run({ config, own: { user, json } }, system): Promise<number> {
    const elsewhere = user === undefined ? await askService(config, system) : undefined;
    await using reader = await openArchivesToRead(config);
    if (user !== undefined) {
      await requireKnown(reader, user);
      const figures = await figuresOf(reader, user);
      system.out(json ? jsonLine(dataOfUser(figures)) : textOfUser(figures));
      return EXIT.ok;
    }
    const { archive_expires_after: age, archive_max_messages: most, archive_cleanup_interval: interval } = pluginValues(
      config,
      mam,
    );
    const due = age === Infinity && most === "unlimited" ? undefined : interval;
    const found = { ...await figuresOfAll(reader, due), elsewhere };
    system.out(json ? jsonLine(dataOfAll(found)) : textOfAll(found));
    return EXIT.ok;
  },
});

/**
 * Has the service that runs write down what it has counted; in PostgreSQL it does so once a minute. Returns the hosts whose
 * users are answered by another module of the server; `undefined` where the service cannot be asked.
 */
async function askService(config: Config, system: System): Promise<readonly string[] | undefined> {
  using service = await runningService(config);
  if (service === undefined) return undefined;
  if (!await service.ask(noting, null)) {
    system.err(
      "The service cannot write at the moment: what it has counted since it last could is not in these figures\n",
    );
  }
  return await service.ask(answeredElsewhere, null);
}

/** Figures of a user. */
interface UserFigures {
  readonly user: string;
  readonly messages: number;
  /** Of their stanzas. */
  readonly bytes: number;
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  readonly preferences: boolean;
}

async function figuresOf(reader: ArchiveReader, user: string): Promise<UserFigures> {
  let [messages, bytes] = [0, 0];
  const encoder = new TextEncoder();
  for await (const { stanza } of reader.entries(user)) {
    messages++;
    bytes += encoder.encode(stanza).length;
  }
  const extent = await reader.extent(user);
  const preferences = await reader.preferences(user) !== undefined;
  return { user, messages, bytes, oldest: extent?.first.time, newest: extent?.last.time, preferences };
}

function dataOfUser({ oldest, newest, ...rest }: UserFigures): object {
  return { ...rest, oldest: jsonStamp(oldest), newest: jsonStamp(newest) };
}

function textOfUser({ user, messages, bytes: size, oldest, newest, preferences }: UserFigures): string {
  return columns([
    ["User", user],
    ["Messages", count(messages)],
    ["Size", bytes(size)],
    ...ends(oldest, newest),
    ["Preferences", preferences ? "their own" : "none of their own"],
  ]);
}

/** Figures of all archives. */
interface AllFigures {
  readonly survey: Survey;
  readonly size: StoreSize;
  readonly sweep: { readonly last: number | undefined; readonly next: number | undefined; readonly any: boolean };
  readonly counted: Chronicle["counted"];
  /** When the oldest connection that is remembered began. */
  readonly since: number | undefined;
  /** True when the counts began earlier than that. */
  readonly older: boolean;
  readonly outages: readonly Outage[];
  /** Hosts whose users are answered by another module of the server; `undefined` where that is not known. */
  readonly elsewhere: readonly string[] | undefined;
}

/** Connections that the chronicle remembers. */
const REMEMBERED = 1000;

/** `interval` are the seconds between sweeps; left out where there is nothing to sweep. */
async function figuresOfAll(
  reader: ArchiveReader,
  interval: number | undefined,
): Promise<Omit<AllFigures, "elsewhere">> {
  const [survey, { connections, counted }] = [await reader.survey(), await reader.chronicle()];
  const last = reader.sweptAt || undefined;
  const next = last === undefined || interval === undefined ? undefined : last + interval * 1000;
  return {
    survey,
    size: reader.size,
    sweep: { last, next, any: interval !== undefined },
    counted,
    since: connections[0]?.began,
    older: connections.length >= REMEMBERED,
    outages: outagesOf(connections, Date.now()),
  };
}

function dataOfAll({ survey, size, sweep, counted, since, older, outages, elsewhere }: AllFigures): object {
  const { stored = 0, lost = 0, ...skipped } = counted;
  return {
    archives: survey.archives,
    messages: survey.entries,
    bytes: size,
    oldest: jsonStamp(survey.oldest),
    newest: jsonStamp(survey.newest),
    last_sweep: jsonStamp(sweep.last),
    next_sweep: jsonStamp(sweep.next),
    counted_since: older ? null : jsonStamp(since),
    stored,
    lost,
    skipped,
    watched_since: jsonStamp(since),
    unreachable: outages.map(({ from, to }) => ({ from: jsonStamp(from), to: jsonStamp(to) })),
    answered_elsewhere: elsewhere ?? null,
  };
}

/** Outages that are told one by one. */
const TOLD = 10;

function textOfAll({ survey, size, sweep, counted, since, older, outages, elsewhere = [] }: AllFigures): string {
  const { stored = 0, lost = 0, ...skipped } = counted;
  const reasons = Object.entries(skipped);
  const next = sweep.next === undefined ? "when the service starts" : stamp(sweep.next);
  return columns([
    ["Archives", count(survey.archives)],
    ["Messages", `${count(survey.entries)}, each counted in every archive that has it`],
    ...ends(survey.oldest, survey.newest),
    ["Database", textOfSize(size)],
    ["Last sweep", sweep.last === undefined ? "none yet" : stamp(sweep.last)],
    ["Next sweep", sweep.any ? next : "none: everything is kept"],
    ["Counted since", since === undefined ? "the service has not been connected yet" : countedSince(since, older)],
    ["Stored", count(stored)],
    ["Lost", count(lost)],
    ["Not kept", reasons.length === 0 ? "nothing" : ""],
    ...reasons.map(([reason, many]) => [`  ${reason}`, count(many)] as const),
    ["Out of reach", outOfReach(outages, since)],
    ...outages.slice(-TOLD).map(({ from, to }) => [`  ${stamp(from)}`, until(from, to)] as const),
    ...elsewhere.map((host) =>
      [
        "Not asked",
        `another module of the server (mod_mam) answers users of ${host}: they do not see what is here; ask annals doctor`,
      ] as const
    ),
  ]);
}

function countedSince(since: number, older: boolean): string {
  return older ? `before ${stamp(since)}` : stamp(since);
}

/** PostgreSQL tells neither of the other two. */
function textOfSize({ database, free, log }: StoreSize): string {
  if (free === 0 && log === 0) return bytes(database);
  return `${bytes(database)}, of which ${bytes(free)} are free; ${bytes(log)} in its log`;
}

function outOfReach(outages: readonly Outage[], since: number | undefined): string {
  if (since === undefined) return "not known: the service has not been connected yet";
  if (outages.length === 0) return `never since ${stamp(since)}`;
  const rest = outages.length > TOLD ? `, the last ${TOLD} of them` : "";
  return `${many(outages.length, "time")} since ${
    stamp(since)
  }${rest}; without the server's module, what was sent then is missing`;
}

function until(from: number, to: number | undefined): string {
  return to === undefined ? "until now" : `until ${stamp(to)}, ${duration((to - from) / 1000)}`;
}

function ends(oldest: number | undefined, newest: number | undefined): (readonly [string, string])[] {
  if (oldest === undefined || newest === undefined) return [];
  return [["Oldest", stamp(oldest)], ["Newest", stamp(newest)]];
}
