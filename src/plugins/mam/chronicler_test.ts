import { assertEquals } from "@std/assert";
import { memoryLog } from "../../runtime/log.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import type { Happening } from "../../store/archive.ts";
import { Chronicler } from "./chronicler.ts";
import { Tally } from "./tally.ts";

/** A chronicler whose clock and whose store's moods are the test's. */
function scene() {
  const store = openMemoryStore();
  const tally = new Tally();
  const log = memoryLog();
  const at = { time: 1000, full: false };
  const note = (happening: Happening) => (
    at.full ? Promise.reject(new Error("The disk is full")) : store.note(happening)
  );
  return { store, tally, log, at, chronicler: new Chronicler({ store: { note }, tally, now: () => at.time, log }) };
}

Deno.test("Chronicler notes from when to when the server could reach the archive", async () => {
  const { store, at, chronicler } = scene();
  await chronicler.note();
  chronicler.opened();
  at.time = 2000;
  await chronicler.note();
  at.time = 3000;
  chronicler.ended();
  at.time = 4000;
  await chronicler.note();
  chronicler.opened();
  at.time = 5000;
  await chronicler.close();
  assertEquals((await store.chronicle()).connections, [{ began: 1000, ended: 3000 }, { began: 4000, ended: 5000 }]);
});

Deno.test("Chronicler notes each count once, across starts", async () => {
  const { store, tally, chronicler } = scene();
  tally.add("stored", 2);
  await chronicler.note();
  tally.add("stored");
  tally.add("presence");
  await Promise.all([chronicler.note(), chronicler.note()]);
  const next = new Chronicler({ store, tally, now: () => 0, log: memoryLog() });
  await next.close();
  assertEquals((await store.chronicle()).counted, { stored: 6, presence: 2 });
});

Deno.test("Chronicler notes later what the store would not take, and does not complain", async () => {
  const { store, tally, log, at, chronicler } = scene();
  at.full = true;
  tally.add("stored");
  chronicler.opened();
  at.time = 2000;
  await chronicler.note();
  at.full = false;
  tally.add("stored");
  await chronicler.note();
  assertEquals(await store.chronicle(), { connections: [{ began: 1000, ended: 2000 }], counted: { stored: 2 } });
  assertEquals(log.events.map(({ level }) => level), ["debug", "debug"]);
});
