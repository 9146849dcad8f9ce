import { assertEquals } from "@std/assert";
import { createLog, memoryLog } from "./log.ts";
import { type Level, LEVELS } from "./log_event.ts";

function collecting(level: Level): { lines: string[]; log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  const log = createLog({ level, format: "text", write: (line) => lines.push(line), now: () => 0 });
  return { lines, log };
}

Deno.test("createLog() writes one line an event, with its time, level, message and fields", () => {
  const { lines, log } = collecting("debug");
  log.warn("store-full", "The disk is full", { free: 0, path: "/var/lib/annals" });
  assertEquals(lines, ["1970-01-01T00:00:00.000Z warn  The disk is full event=store-full free=0 path=/var/lib/annals"]);
});

Deno.test("createLog() leaves out what is below its level, which can change", () => {
  const { lines, log } = collecting("warn");
  function logAll(): number {
    const before = lines.length;
    for (const level of LEVELS) log[level]("event", "Message");
    return lines.length - before;
  }
  assertEquals(LEVELS.map((level) => (log.level = level, logAll())), [4, 3, 2, 1]);
});

Deno.test("child() adds fields to every event, and follows the level of its parent", () => {
  const { lines, log } = collecting("error");
  const child = log.child({ plugin: "mam" }).child({ task: "sweep" });
  child.info("x", "Unseen");
  log.level = "info";
  child.info("x", "Seen", { task: "other" });
  assertEquals(lines, ["1970-01-01T00:00:00.000Z info  Seen event=x plugin=mam task=other"]);
});

Deno.test("memoryLog() keeps events, those of its children too", () => {
  const log = memoryLog();
  log.child({ a: 1 }).error("x", "Message", { b: 2 });
  assertEquals(log.events, [{ level: "error", event: "x", message: "Message", fields: { a: 1, b: 2 } }]);
});
