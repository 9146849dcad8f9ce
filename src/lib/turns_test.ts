import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "./turns.ts";

/** Work that ends when it is told to, and says when it began. */
function work(name: string, begun: string[]): { run: () => Promise<string>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    end: resolve,
    async run(): Promise<string> {
      begun.push(name);
      await promise;
      return name;
    },
  };
}

/** Lets everything happen that waits for nothing else. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("Turns serves one account one after the other, and others meanwhile", async () => {
  const begun: string[] = [];
  const turns = new Turns({ atOnce: 9, most: 9, mostOfOne: 9 });
  const [a1, a2, b1] = ["a1", "a2", "b1"].map((name) => work(name, begun));
  if (!a1 || !a2 || !b1) throw new Error("unreachable");
  const served = [turns.take("a", a1.run), turns.take("a", a2.run), turns.take("b", b1.run)];
  await idle();
  assertEquals(begun, ["a1", "b1"]);
  a1.end();
  await served[0];
  await idle();
  assertEquals(begun, ["a1", "b1", "a2"]);
  a2.end();
  b1.end();
  assertEquals(await Promise.all(served), ["a1", "a2", "b1"]);
});

Deno.test("Turns serves so many at once, first come, first served", async () => {
  const begun: string[] = [];
  const turns = new Turns({ atOnce: 2, most: 9, mostOfOne: 9 });
  const works = ["a", "b", "c", "d"].map((name) => ({ name, ...work(name, begun) }));
  const served = works.map(({ name, run }) => turns.take(name, run));
  for (const [index, { end }] of works.entries()) {
    await idle();
    assertEquals(begun.length, Math.min(index + 2, 4));
    end();
    await served[index];
  }
  assertEquals(begun, ["a", "b", "c", "d"]);
});

Deno.test("Turns admits so many of one account, and so many of all, until some are done", async () => {
  const turns = new Turns({ atOnce: 1, most: 3, mostOfOne: 2 });
  const { run, end } = work("", []);
  const served = ["a", "a", "b"].map((account) => turns.take(account, run));
  assertEquals(turns.admits("a"), false);
  assertEquals(turns.admits("b"), false);
  end();
  await Promise.all(served);
  assertEquals([turns.admits("a"), turns.admits("b")], [true, true]);
});

Deno.test("Turns goes on after work that fails", async () => {
  const turns = new Turns({ atOnce: 1, most: 3, mostOfOne: 2 });
  const failing = turns.take("a", () => Promise.reject(new Error("broken")));
  const next = turns.take("a", () => Promise.resolve("fine"));
  await assertRejects(() => failing, Error, "broken");
  assertEquals(await next, "fine");
});
