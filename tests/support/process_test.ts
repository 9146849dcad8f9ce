import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { Process } from "./process.ts";

Deno.test("Process keeps every line of both streams, and waits for one to come", async () => {
  await using shell = new Process("sh", { args: ["-c", "echo one; echo two >&2; printf three; exec sleep 60"] });
  assertEquals(await shell.line((line) => line === "two"), "two");
  await shell.stop();
  assertEquals(shell.lines.toSorted(), ["one", "three", "two"]);
});

Deno.test("Process says what was printed when the line does not come", async () => {
  await using shell = new Process("sh", { args: ["-c", "echo alas; exit 3"] });
  await assertRejects(() => shell.line((line) => line === "hurrah"), Error, "ended with exit code 3");
  await assertRejects(() => shell.line((line) => line === "hurrah"), Error, "alas");
  await assertRejects(() => shell.line((line) => line === "hurrah", { from: 1 }), Error, "exit code 3");
});

Deno.test("Process tells how a program ended by itself, and that it did not", async () => {
  assertEquals((await new Process("sh", { args: ["-c", "exit 3"] }).end()).code, 3);
  await using shell = new Process("sleep", { args: ["60"] });
  await assertRejects(() => shell.end(0), Error, "still runs after 0 ms");
});

Deno.test("Process asks a program to end, insists when it does not, and leaves one alone that has ended", async () => {
  const deaf = new Process("sh", { args: ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"] });
  await deaf.line((line) => line === "ready");
  assertGreater((await deaf.usage()).memory, 0);
  assertEquals((await deaf.stop(100)).signal, "SIGKILL");
  assertEquals((await deaf.stop()).signal, "SIGKILL");
});
