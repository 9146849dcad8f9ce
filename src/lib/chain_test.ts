import { assertEquals, assertRejects } from "@std/assert";
import { Chain } from "./chain.ts";

Deno.test("Chain does one piece of work after the other, in order", async () => {
  const chain = new Chain();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  chain.add(async () => {
    await first.promise;
    done.push("first");
  });
  const second = chain.add(() => done.push("second"));
  first.resolve();
  assertEquals([await second, done], [2, ["first", "second"]]);
});

Deno.test("Chain goes on behind work that fails, which only who added it learns", async () => {
  const chain = new Chain();
  const failing = chain.add(() => Promise.reject(new Error("disk full")));
  const next = chain.add(() => "done");
  await assertRejects(() => failing, Error, "disk full");
  assertEquals(await next, "done");
  await chain.settled();
});
