import { assertEquals } from "@std/assert";
import { memoryLog } from "../../../log/log.ts";
import { openMemoryStore } from "../../../store/memory/mod.ts";
import { Chronicler } from "./chronicler.ts";
import { Tally } from "../tally.ts";

/** A chronicler whose clock and whose store's moods are the test's. */
class Scene {
  readonly store = openMemoryStore();
  readonly tally = new Tally();
  readonly log = memoryLog();
  time = 1000;
  full = false;
  readonly chronicler = new Chronicler({
    store: {
      note: (happening) => this.full ? Promise.reject(new Error("The disk is full")) : this.store.note(happening),
    },
    tally: this.tally,
    now: () => this.time,
    log: this.log,
  });
}

Deno.test("Chronicler notes from when to when the server could reach the archive", async () => {
  const scene = new Scene();
  const { store, chronicler } = scene;
  await chronicler.note();
  chronicler.opened();
  scene.time = 2000;
  await chronicler.note();
  scene.time = 3000;
  chronicler.ended();
  scene.time = 4000;
  await chronicler.note();
  chronicler.opened();
  scene.time = 5000;
  await chronicler.close();
  assertEquals((await store.chronicle()).connections, [{ began: 1000, ended: 3000 }, { began: 4000, ended: 5000 }]);
});

Deno.test("Chronicler notes each count once, across starts", async () => {
  const { store, tally, chronicler } = new Scene();
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
  const scene = new Scene();
  const { store, tally, log, chronicler } = scene;
  scene.full = true;
  tally.add("stored");
  chronicler.opened();
  scene.time = 2000;
  await chronicler.note();
  scene.full = false;
  tally.add("stored");
  await chronicler.note();
  assertEquals(await store.chronicle(), { connections: [{ began: 1000, ended: 2000 }], counted: { stored: 2 } });
  assertEquals(log.events.map(({ level }) => level), ["debug", "debug"]);
});
