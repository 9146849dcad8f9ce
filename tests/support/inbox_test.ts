import { assertEquals, assertRejects } from "@std/assert";
import { Inbox } from "./inbox.ts";

const even = (n: number): boolean => n % 2 === 0;

Deno.test("Inbox gives what came earlier, in order of arrival", async () => {
  const inbox = new Inbox<number>();
  for (const n of [1, 2, 3, 4]) inbox.put(n);
  assertEquals(await inbox.take(even, "", 1_000), 2);
  assertEquals(await inbox.take(even, "", 1_000), 4);
  assertEquals(inbox.held, [1, 3]);
  assertEquals(inbox.drain(), [1, 3]);
  assertEquals(inbox.held, []);
});

Deno.test("Inbox gives what comes later to whoever waits for it", async () => {
  const inbox = new Inbox<number>();
  const first = inbox.take(even, "", 1_000);
  const second = inbox.take(even, "", 1_000);
  for (const n of [1, 2, 4, 6]) inbox.put(n);
  assertEquals([await first, await second], [2, 4]);
  assertEquals(inbox.held, [1, 6]);
});

Deno.test("Inbox collects up to an end, and leaves what comes after it", async () => {
  const inbox = new Inbox<number>();
  const collected = inbox.collect(even, (n) => n === 5, "", 1_000);
  for (const n of [2, 3, 4, 5, 6]) inbox.put(n);
  assertEquals(await collected, [[2, 4], 5]);
  assertEquals(inbox.held, [3, 6]);
});

Deno.test("Inbox fails those who wait when nothing can come any more", async () => {
  const inbox = new Inbox<number>();
  const waiting = inbox.take(even, "", 1_000);
  inbox.close(new Error("The end"));
  await assertRejects(() => waiting, Error, "The end");
  await assertRejects(() => inbox.take(even, "", 1_000), Error, "The end");
});

Deno.test("Inbox says what was waited for in vain", async () => {
  await assertRejects(
    () => new Inbox<number>().take(even, "an even number", 0),
    Error,
    "Waited 0 ms for an even number",
  );
});
