import { assertEquals } from "@std/assert";
import { pause, retry } from "./pause.ts";

Deno.test("pause() tells if its time has passed, or the signal ended it", async () => {
  const ending = new AbortController();
  assertEquals(await pause(0, ending.signal), true);
  const waiting = pause(60_000, ending.signal);
  ending.abort();
  assertEquals([await waiting, await pause(0, ending.signal)], [false, false]);
});

Deno.test("retry() attempts until it succeeds", async () => {
  const failures: number[] = [];
  const { signal } = new AbortController();
  let left = 3;
  const attempt = () => --left > 0 ? Promise.reject(new Error("disk full")) : Promise.resolve("done");
  const done = await retry(attempt, { period: 0, signal, failed: (_, before) => failures.push(before) });
  assertEquals([done, failures], ["done", [0, 1]]);
});

Deno.test("retry() makes no attempt after the signal", async () => {
  const ending = new AbortController();
  let attempts = 0;
  const attempt = () => {
    attempts++;
    return Promise.reject(new Error("disk full"));
  };
  const options = { period: 60_000, signal: ending.signal, failed: () => ending.abort() };
  assertEquals([await retry(attempt, options), attempts], [undefined, 1]);
  assertEquals([await retry(attempt, options), attempts], [undefined, 1]);
});
