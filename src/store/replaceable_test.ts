/** A store that is replaced while it is in use. */
import { assertEquals, assertRejects } from "@std/assert";
import type { ArchiveStore, NewMessage } from "./archive.ts";
import { openMemoryStore } from "./memory/mod.ts";
import { ReplaceableStore } from "./replaceable.ts";
import { messageAt, ROMEO } from "../../tests/support/store/messages.ts";

/** A store that appends only when it is let, and notes when it is closed. */
class Slow {
  readonly let = Promise.withResolvers<void>();
  closed = false;
  readonly store: ArchiveStore;

  constructor() {
    const store = openMemoryStore();
    this.store = new Proxy(store, {
      get: (_, name) => {
        if (name === "append") return (batch: NewMessage[]) => this.let.promise.then(() => store.append(batch));
        if (name === Symbol.asyncDispose) return () => Promise.resolve(void (this.closed = true));
        const value = Reflect.get(store, name, store);
        return typeof value === "function" ? value.bind(store) : value;
      },
    });
  }
}

Deno.test("What is under way ends before a store is closed, and what comes meanwhile goes into the next", async () => {
  const slow = new Slow();
  const store = new ReplaceableStore(slow.store);
  const next = openMemoryStore();
  const before = store.append([messageAt(1)]);
  const opened = Promise.withResolvers<void>();
  const replaced = store.replace(() => {
    assertEquals(slow.closed, true);
    return opened.promise;
  }, () => Promise.resolve(next));
  const after = store.append([messageAt(2), messageAt(3)]);
  const count = store.count(ROMEO, {});
  assertEquals(slow.closed, false);
  slow.let.resolve();
  await before;
  assertEquals(await slow.store.count(ROMEO, {}), 1);
  opened.resolve();
  await Promise.all([replaced, after]);
  assertEquals([await count, await next.count(ROMEO, {})], [2, 2]);
});

Deno.test("A store goes on where what was to be done meanwhile fails, and where several want to replace it", async () => {
  const store = new ReplaceableStore(openMemoryStore());
  const last = openMemoryStore();
  await last.append([messageAt(1)]);
  const failing = store.replace(
    () => Promise.reject(new RangeError("Cannot do it")),
    () => Promise.resolve(openMemoryStore()),
  );
  const second = store.replace(() => Promise.resolve(), () => Promise.resolve(last));
  await assertRejects(() => failing, RangeError, "Cannot do it");
  await second;
  assertEquals(await store.count(ROMEO, {}), 1);
});
