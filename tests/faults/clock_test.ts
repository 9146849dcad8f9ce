/**
 * Clocks that are put back, run ahead or change with the season: order is the order of arrival, and times are as they were.
 *
 * @module
 */
import { assertEquals, assertGreater } from "@std/assert";
import { parseArchiveId } from "../../src/store/id.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { type OpenStage, openStage } from "../support/dialogue_stage.ts";
import { answerIn, chat, GRANTS, type Recalled, request, resultIn } from "../support/handed_over.ts";
import { parse } from "../../src/xml/parse.ts";
import { Reader } from "../../src/xml/reader.ts";
import { serialize } from "../../src/xml/writer.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const NOON = Date.UTC(2026, 10, 22, 12);

/** Times of the clock at each message, in order of arrival; Annals is restarted in the middle. */
const CLOCKS: Readonly<Record<string, readonly number[]>> = {
  "stands still": [NOON, NOON, NOON, NOON],
  "is put back by an hour": [NOON, NOON + 1, NOON - HOUR, NOON - HOUR + 1, NOON - HOUR + 2, NOON + 2],
  "is put back by a year": [NOON, NOON + 1, NOON - YEAR, NOON - YEAR + 1, NOON - YEAR + 2, NOON + 2],
  "leaps ahead by a year, and is put right": [NOON, NOON + YEAR, NOON + YEAR + 1, NOON + 1, NOON + 2, NOON + 3],
  "knows no better than 1970 at its start": [0, 1, 2, NOON, NOON + 1],
  "goes back and forth": [NOON, NOON - YEAR, NOON + HOUR, NOON - HOUR, NOON + YEAR, NOON, NOON - YEAR + 1],
};

/** Plays to a component that stores on disk. */
async function scene(
  play: (stage: OpenStage) => Promise<void>,
  settings = `archive_expires_after = "never"`,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-clock-" });
  {
    const path = `${folder}/archive.sqlite`;
    await using stage = await openStage({ settings, openStore: () => openSqliteStore({ path }) });
    await play(stage);
  }
  await Deno.remove(folder, { recursive: true });
}

/** Hands over messages at these times, with a restart in the middle. */
async function receive(stage: OpenStage, times: readonly number[]): Promise<void> {
  take(stage, GRANTS);
  for (const [index, time] of times.entries()) {
    if (index === Math.floor(times.length / 2)) {
      await stage.restart();
      take(stage, GRANTS);
    }
    await stage.at(time);
    take(stage, chat("alice", "bob", `${index}`));
  }
}

function take(stage: OpenStage, text: string): void {
  const reader = new Reader({ open: () => {}, element: (stanza) => stage.take(stanza), close: () => {} });
  reader.push(`<stream xmlns='jabber:component:accept'>${text}`);
}

/** Returns bob's entries that match. */
async function find(stage: OpenStage, fields: Readonly<Record<string, string>> = {}, set = ""): Promise<Recalled[]> {
  const all = Object.entries({ FORM_TYPE: "urn:xmpp:mam:2", ...fields });
  const form = all.map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`).join("");
  const query = `<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>${form}</x>` +
    `<set xmlns='http://jabber.org/protocol/rsm'>${set}</set></query>`;
  take(stage, request("q", "bob", "set", query));
  const found: Recalled[] = [];
  while (true) {
    const stanza = parse(serialize(await stage.next()));
    if (answerIn(stanza) !== undefined) return found;
    found.push(...[resultIn(stanza) ?? []].flat());
  }
}

for (const [name, times] of Object.entries(CLOCKS)) {
  Deno.test(`Where the clock ${name}, messages keep their order and their times`, () =>
    scene(async (stage) => {
      await receive(stage, times);
      const found = await find(stage);
      assertEquals(found.map(({ body }) => body), times.map((_, index) => `${index}`));
      assertEquals(found.map(({ stamp }) => stamp), times.map((time) => new Date(time).toISOString()));

      // An id that comes later is greater.
      const numbers = found.map(({ id }) => parseArchiveId(id)?.number ?? NaN);
      for (const [index, number] of numbers.entries()) assertGreater(number, numbers[index - 1] ?? -1);

      // XEP-0313 §4.1.2: filters go by the time of receipt.
      for (const time of new Set(times)) {
        const stamp = new Date(time).toISOString();
        const during = times.flatMap((each, index) => each === time ? [`${index}`] : []);
        assertEquals((await find(stage, { start: stamp, end: stamp })).map(({ body }) => body), during);
      }

      // XEP-0059 §2.2: page by page, it is the same.
      const pages: Recalled[] = [];
      for (let page = await find(stage, {}, "<max>2</max>"); page.length > 0;) {
        pages.push(...page);
        page = await find(stage, {}, `<max>2</max><after>${page.at(-1)?.id}</after>`);
      }
      assertEquals(pages, found);
    }));
}

Deno.test("Where the season changes, an hour that comes twice is two hours, and one that is left out is none", async () => {
  const zone = Deno.env.get("TZ");
  Deno.env.set("TZ", "Europe/Berlin");
  try {
    // Half past two, before and after the clocks go back; then in spring, when there is no half past two.
    const times = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30), Date.UTC(2027, 2, 28, 1, 30)];
    assertEquals(times.map((time) => new Date(time).getHours()), [2, 2, 3]);
    await scene(async (stage) => {
      await receive(stage, times);
      const [autumn, winter, spring] = await find(stage);
      assertEquals([autumn?.stamp, winter?.stamp, spring?.stamp], times.map((time) => new Date(time).toISOString()));
      const first = await find(stage, { start: "2026-10-25T02:30:00+02:00", end: "2026-10-25T02:59:59+02:00" });
      assertEquals(first.map(({ body }) => body), ["0"]);
      const second = await find(stage, { start: "2026-10-25T02:30:00+01:00", end: "2026-10-25T02:59:59+01:00" });
      assertEquals(second.map(({ body }) => body), ["1"]);
    });
  } finally {
    if (zone === undefined) Deno.env.delete("TZ");
    else Deno.env.set("TZ", zone);
  }
});

for (const [name, time] of Object.entries({ "put back by a year": NOON - YEAR, "a year ahead": NOON + YEAR })) {
  Deno.test(`Where the clock is ${name}, sweeps go on, and erase nothing that is not old`, () =>
    scene(async (stage) => {
      await receive(stage, [NOON, NOON + 1]);
      await stage.logged("sweep");
      await stage.at(time);
      for (let sweep = 0; sweep < 3; sweep++) await stage.logged("sweep");
      // More starts than the archive is kept for days.
      for (let start = 0; start < 10; start++) {
        await stage.restart();
        await stage.logged("sweep");
      }
      take(stage, GRANTS);
      assertEquals((await find(stage)).map(({ body }) => body), ["0", "1"]);
    }, `archive_expires_after = "1w"\narchive_cleanup_interval = 1`));
}
