import { assertEquals, assertRejects } from "@std/assert";
import { Chains } from "./chains.ts";

Deno.test("Chains does the work of one key in order, and does not hold up another", async () => {
  const chains = new Chains();
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  const slow = chains.add("a", async () => {
    await gate.promise;
    done.push("a1");
  });
  const next = chains.add("a", () => done.push("a2"));
  await chains.add("b", () => done.push("b"));
  assertEquals([done, chains.size, chains.has("a"), chains.has("b")], [["b"], 1, true, false]);
  assertEquals([chains.waiting("a"), chains.waiting("b")], [2, 0]);
  gate.resolve();
  await Promise.all([slow, next]);
  assertEquals([done, chains.size], [["b", "a1", "a2"], 0]);
});

Deno.test("Chains goes on after work that failed", async () => {
  const chains = new Chains();
  const failed = assertRejects(() => chains.add("a", () => Promise.reject(new Error("no"))));
  assertEquals(await chains.add("a", () => 2), 2);
  await failed;
  await chains.settled("a");
  await chains.settled();
  assertEquals(chains.size, 0);
});
