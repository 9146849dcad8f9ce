import { assertEquals } from "@std/assert";
import { History } from "./history.ts";
import { meterOn, Metrics } from "./metrics.ts";
import { slotsOf } from "./status/slots.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22, 18);

/** A history, and the facts that it is of. */
function started(): { history: History; facts: Record<string, number>; pass: (minutes: number) => void } {
  const facts: Record<string, number> = { stored: 0, failures: 0, connected: 1, bytes: 100 };
  const metrics = new Metrics();
  const meter = meterOn(metrics, () => {});
  meter.counter({ name: "annals_messages_stored", help: "", read: () => facts.stored ?? 0 });
  meter.counter({ name: "annals_stream_failures", help: "", read: () => facts.failures ?? 0 });
  meter.gauge({ name: "annals_stream_connected", help: "", read: () => facts.connected ?? 0 });
  meter.gauge({ name: "annals_store_bytes", help: "", read: () => facts.bytes ?? 0 });
  let time = START;
  const history = new History(metrics, () => time);
  return {
    history,
    facts,
    pass(minutes): void {
      for (let passed = 0; passed < minutes; passed++) {
        time += MINUTE;
        history.note();
      }
    },
  };
}

Deno.test("History has the increase of each minute, and the size at its end", () => {
  const { history, facts, pass } = started();
  facts.stored = 5;
  pass(1);
  Object.assign(facts, { stored: 7, bytes: 120 });
  pass(1);
  assertEquals(history.minutes.map(({ stored, size }) => [stored, size]), [[5, 100], [2, 120]]);
});

Deno.test("History calls a minute connected only where the stream never failed", () => {
  const { history, facts, pass } = started();
  pass(1);
  facts.connected = 0;
  pass(1);
  Object.assign(facts, { connected: 1, failures: 1 });
  pass(2);
  assertEquals(history.minutes.map(({ connected }) => connected), [true, false, false, true]);
});

Deno.test("History forgets what is more than a day old", () => {
  const { history, pass } = started();
  pass(1500);
  assertEquals(history.minutes.length, 1440);
  assertEquals(history.minutes[0]?.time, START + 61 * MINUTE);
});

Deno.test("slotsOf() sums up quarters of an hour, the last of them under way", () => {
  const { history, facts, pass } = started();
  pass(13);
  facts.stored = 8;
  pass(1);
  facts.stored = 10;
  pass(4);
  const slots = slotsOf(history.minutes, START + 18 * MINUTE);
  assertEquals(slots.length, 96);
  assertEquals(slots.slice(-3).map(({ stored, connected }) => [stored, connected]), [[0, undefined], [8, 1], [2, 1]]);
  assertEquals(slots.at(-1)?.from, START + 15 * MINUTE);
});
