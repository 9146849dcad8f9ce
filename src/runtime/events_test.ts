import { assertEquals, assertThrows } from "@std/assert";
import { eventsOf } from "./events.ts";
import { definePlugin, type EventTokens, streamOpened } from "./plugin.ts";

function plugin(name: string, events: EventTokens): ReturnType<typeof definePlugin> {
  return definePlugin({ name, summary: "", options: {}, events, start: () => {} });
}

Deno.test("eventsOf() has the events of the runtime and of every plugin", () => {
  const rung = { name: "bell-rung" };
  const tokens = eventsOf([plugin("bell", { rung })]);
  assertEquals([tokens.streamOpened, tokens.rung], [streamOpened, rung]);
});

Deno.test("eventsOf() refuses two events of one name", () => {
  const event = { name: "bell-rung" };
  assertThrows(
    () => eventsOf([plugin("bell", { rung: event }), plugin("gong", { rung: event })]),
    Error,
    'Cannot declare the event "rung" of the plugin "gong": there is one',
  );
});
