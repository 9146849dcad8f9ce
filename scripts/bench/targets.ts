/**
 * Targets of Annals beside the figures that were measured.
 *
 * @module
 */
import { type Outcomes, type Series, seriesOf } from "./scenario.ts";
import { ratios, spread } from "./statistics.ts";

/** One series of one scenario. */
type Place = readonly [scenario: string, quantity: string, subject: string];

/** A figure that is asked for. */
interface Target {
  readonly name: string;
  readonly bound: "≥" | "≤";
  readonly limit: number;
  readonly unit: string;
  readonly of: Place;
  /** Divisor, where the figure is a ratio, round by round. */
  readonly to?: Place;
  /** Choice among the rounds; default the median. */
  readonly by?: "most";
}

/** Verdict on a target; without a value where it was not measured. */
export interface Judgement {
  readonly name: string;
  readonly wanted: string;
  readonly unit: string;
  readonly measured?: { readonly value: number; readonly least: number; readonly most: number };
  readonly reached?: boolean;
}

const RATE = "messages a second";
const [PROSODY, COMPONENT, WRITES] = ["end-to-end-prosody", "component", "store-writes"];
const ANNALS: Place = [PROSODY, RATE, "Prosody, Annals"];
const WITH_MODULE = "Prosody, Annals with its module";
const [SERVER_CPU, PAGE_TIME] = ["CPU of the server a message", "time for a page of an archive of 10 thousand, p50"];
const AMONG_TEN_MILLION = "1,000 archives, 10 million messages in them";
const TEN_MILLION = "10,000,000 messages in 1,000 archives";
const FAR = "commits of 10 messages a second, archives of their own, the database 20 ms away";

const TARGETS: readonly Target[] = [
  {
    name: "messages a second through Prosody without the module, to without any archive",
    bound: "≥",
    limit: 0.65,
    unit: "times",
    of: ANNALS,
    to: [PROSODY, RATE, "Prosody, no archive"],
  },
  {
    name: "the same, to Prosody's own archive in files",
    bound: "≥",
    limit: 4,
    unit: "times",
    of: ANNALS,
    to: [PROSODY, RATE, "Prosody, own archive in files"],
  },
  {
    name: "the same, to Prosody's own archive in SQLite",
    bound: "≥",
    limit: 18,
    unit: "times",
    of: ANNALS,
    to: [PROSODY, RATE, "Prosody, own archive in SQLite"],
  },
  {
    name: "messages a second through Prosody with the module, to without any archive",
    bound: "≥",
    limit: 0.7,
    unit: "times",
    of: [PROSODY, RATE, WITH_MODULE],
    to: [PROSODY, RATE, "Prosody, no archive"],
  },
  {
    name: "the same with the module, to Prosody's own archive in files",
    bound: "≥",
    limit: 4,
    unit: "times",
    of: [PROSODY, RATE, WITH_MODULE],
    to: [PROSODY, RATE, "Prosody, own archive in files"],
  },
  {
    name: "the same with the module, to Prosody's own archive in SQLite",
    bound: "≥",
    limit: 18,
    unit: "times",
    of: [PROSODY, RATE, WITH_MODULE],
    to: [PROSODY, RATE, "Prosody, own archive in SQLite"],
  },
  {
    name: "CPU of Prosody a message with the module, to without any archive",
    bound: "≤",
    limit: 1.4,
    unit: "times",
    of: [PROSODY, SERVER_CPU, WITH_MODULE],
    to: [PROSODY, SERVER_CPU, "Prosody, no archive"],
  },
  {
    name: "a page of 50 through the module, p50, to Prosody's own archive in SQLite",
    bound: "≤",
    limit: 0.75,
    unit: "times",
    of: [PROSODY, PAGE_TIME, WITH_MODULE],
    to: [PROSODY, PAGE_TIME, "Prosody, own archive in SQLite"],
  },
  {
    name: "CPU of Annals a message, two archives",
    bound: "≤",
    limit: 60,
    unit: "µs",
    of: [COMPONENT, "CPU a message", "2 archives"],
  },
  {
    name: "messages a second into the store, batches of 500, 1,000 archives",
    bound: "≥",
    limit: 40_000,
    unit: "1/s",
    of: [WRITES, "stored", "batches of 500"],
  },
  {
    name: "CPU of Annals a page of 50, among 10 million messages",
    bound: "≤",
    limit: 0.8,
    unit: "ms",
    of: [COMPONENT, "CPU a page", AMONG_TEN_MILLION],
  },
  {
    name: "the same, to a page among 10 thousand",
    bound: "≤",
    limit: 1.3,
    unit: "times",
    of: [COMPONENT, "CPU a page", AMONG_TEN_MILLION],
    to: [COMPONENT, "CPU a page", "1,000 archives"],
  },
  {
    name: "on disk a message between two local users",
    bound: "≤",
    limit: 400,
    unit: "bytes",
    of: [PROSODY, "on disk a message, in both archives", "Prosody, Annals"],
  },
  {
    name: "the same among 1,000 users, stanzas of 275 bytes",
    bound: "≤",
    limit: 400,
    unit: "bytes",
    of: [WRITES, "on disk, stanzas of 275 bytes on average", "batches of 500"],
  },
  {
    name: "entries a second swept, 1 million of 10 million",
    bound: "≥",
    limit: 100_000,
    unit: "1/s",
    of: ["store-sweep", "swept", "10 million entries"],
  },
  {
    name: "p99 of pages while that is swept, to without",
    bound: "≤",
    limit: 2,
    unit: "times",
    of: ["store-sweep", "a page while it is swept, p99", "10 million entries"],
    to: ["store-sweep", "a page, p99", "10 million entries"],
  },
  {
    name: "memory of Annals with 10 million messages, under load, at most",
    bound: "≤",
    limit: 150,
    unit: "MB",
    of: [COMPONENT, "memory after the pages", AMONG_TEN_MILLION],
    by: "most",
  },
  {
    name: "messages a second through ejabberd with Annals, to its own archive, both on one PostgreSQL",
    bound: "≥",
    limit: 5,
    unit: "times",
    of: ["postgresql-ejabberd", RATE, "ejabberd, Annals in PostgreSQL"],
    to: ["postgresql-ejabberd", RATE, "ejabberd, own archive in PostgreSQL"],
  },
  {
    name: "a page of 50 out of PostgreSQL, p50, to one out of SQLite",
    bound: "≤",
    limit: 1.5,
    unit: "times",
    of: ["postgresql-component", "time for a page, p50", "PostgreSQL"],
    to: ["postgresql-component", "time for a page, p50", "SQLite"],
  },
  {
    name: "the same among 10 million messages",
    bound: "≤",
    limit: 1.5,
    unit: "times",
    of: ["postgresql-component", "time for a page, p50", `PostgreSQL, ${TEN_MILLION}`],
    to: ["postgresql-component", "time for a page, p50", `SQLite, ${TEN_MILLION}`],
  },
  {
    name: "commits a second of two instances with archives of their own, to one, the database 20 ms away",
    bound: "≥",
    limit: 1.5,
    unit: "times",
    of: ["postgresql-instances", FAR, "two instances"],
    to: ["postgresql-instances", FAR, "one instance"],
  },
];

/** Compares what was measured with what is to be reached. */
export function judge(outcomes: Outcomes): readonly Judgement[] {
  return TARGETS.map(({ name, bound, limit, unit, of, to, by }) => {
    const judgement = { name, wanted: `${bound} ${limit.toLocaleString("en")}`, unit };
    const values = valuesAt(outcomes, of);
    const base = to && valuesAt(outcomes, to);
    const rounds = base === undefined ? values : values && ratios(values, base);
    if (rounds === undefined || rounds.length === 0 || (to !== undefined && base === undefined)) return judgement;
    const { median, least, most } = spread(rounds);
    const value = by === "most" ? most : median;
    return { ...judgement, measured: { value, least, most }, reached: bound === "≥" ? value >= limit : value <= limit };
  });
}

function valuesAt(outcomes: Outcomes, [scenario, quantity, subject]: Place): Series["values"] | undefined {
  return seriesOf(outcomes[scenario], quantity, subject)?.values;
}
