import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import type { LogEvent } from "./log_event.ts";
import { describeError, jsonLine, textLine } from "./log_line.ts";

const TIME = "2026-11-22T18:36:00.000Z";

function eventWith(fields: LogEvent["fields"], message = "Message"): LogEvent {
  return { level: "info", event: "x", message, fields };
}

function textOf(value: unknown): string {
  return textLine(TIME, eventWith({ value })).split(" value=")[1] ?? "";
}

Deno.test("textLine() quotes a value that would not be read as one word", () => {
  assertEquals(textOf("alice@example.org"), "alice@example.org");
  assertEquals(textOf("two words"), '"two words"');
  assertEquals(textOf("a=b"), '"a=b"');
  assertEquals(textOf('say "x"'), '"say \\"x\\""');
  assertEquals(textOf(""), '""');
  assertEquals(textOf(["a", 1]), '["a",1]');
  assertEquals(textOf(null), "null");
});

Deno.test("textLine() quotes a key that would not be read as one word", () => {
  assertEquals(textLine(TIME, eventWith({ "further copy": 2 })), `${TIME} info  Message event=x "further copy"=2`);
});

Deno.test("A field that is undefined is left out", () => {
  const event = eventWith({ cause: undefined });
  assertEquals(textLine(TIME, event), `${TIME} info  Message event=x`);
  assertEquals(jsonLine(TIME, event), `{"time":"${TIME}","level":"info","event":"x","message":"Message"}`);
});

Deno.test("A value that JSON cannot say does not end the log", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  assertEquals(textOf(circle), '"[object Object]"');
  assertEquals(textOf(10n), "10");
  assertEquals(textOf(Infinity), "Infinity");
});

Deno.test("jsonLine() is one object, whose own names no field can take", () => {
  const line = jsonLine(TIME, eventWith({ level: "forged", time: 0, free: 5 }));
  assertEquals(line, `{"time":"${TIME}","level":"info","event":"x","message":"Message","free":5}`);
});

Deno.test("Nothing in an event breaks its line or reaches the terminal as a command", () => {
  const dangerous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const control = fc.constantFrom("\n", "\r", "\x1b", "\x9b", "\u2028", "\u202e", "\u{e0041}");
  const hostile = fc.string({ unit: fc.oneof(control, fc.string({ unit: "binary", minLength: 1, maxLength: 1 })) });
  fc.assert(fc.property(hostile, hostile, hostile, (message, key, value) => {
    const event = eventWith({ [key]: value, error: new Error(value) }, message);
    assertFalse(dangerous.test(textLine(TIME, event)));
    const json = jsonLine(TIME, event);
    assertFalse(dangerous.test(json));
    assertEquals(JSON.parse(json).message, message);
  }));
});

Deno.test("describeError() tells the whole chain of causes on one line", () => {
  const error = new TypeError("Cannot start", { cause: new Error("Cannot open", { cause: "no disk" }) });
  assertEquals(describeError(error), "TypeError: Cannot start; caused by Error: Cannot open; caused by no disk");
  const several = new AggregateError([new Error("a"), new Error("b")], "Both failed");
  assertEquals(describeError(several), "AggregateError: Both failed; caused by Error: a; caused by Error: b");
  assertEquals(describeError(new Error("")), "Error");
});

Deno.test("describeError() comes to an end where causes form a circle", () => {
  const first = new Error("first");
  const second = new Error("second", { cause: first });
  first.cause = second;
  assert(describeError(first).length < 200);
});
