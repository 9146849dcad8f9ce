import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { backoff } from "../lib/backoff.ts";
import { ConnectionError } from "./error.ts";
import { reconnect } from "./reconnect.ts";

const NO_WAIT = { initial: 0, max: 0 };

/** Plays attempts that go as told: a failure, or a failure after the stream was open. */
async function play(...attempts: (ConnectionError | "opened")[]): Promise<string[]> {
  const told: string[] = [];
  const stop = new AbortController();
  await reconnect({
    use(opened): Promise<void> {
      const attempt = attempts.shift();
      if (attempt === "opened") opened();
      if (attempts.length === 0) stop.abort();
      return Promise.reject(attempt instanceof ConnectionError ? attempt : new ConnectionError("lost", "lost"));
    },
    waiting: ({ failure }) => void told.push(failure),
    limits: () => NO_WAIT,
    signal: stop.signal,
  });
  return told;
}

const REFUSED = new ConnectionError("refused", "wrong secret");
const UNREACHABLE = new ConnectionError("unreachable", "nobody there");

Deno.test("reconnect() gives up at once when the server refuses the component at first", async () => {
  await assertRejects(() => play(REFUSED, UNREACHABLE), ConnectionError, "wrong secret");
  await assertRejects(() => play(UNREACHABLE, REFUSED, UNREACHABLE), ConnectionError, "wrong secret");
});

Deno.test("reconnect() goes on when the server refuses a component that it has known", async () => {
  assertEquals(await play("opened", REFUSED, UNREACHABLE, UNREACHABLE), ["lost", "refused", "unreachable"]);
});

Deno.test("reconnect() does not hide a fault of ours", async () => {
  await assertRejects(() =>
    reconnect({
      use: () => Promise.reject(new TypeError("a bug")),
      waiting: () => {},
      limits: () => NO_WAIT,
      signal: new AbortController().signal,
    }), TypeError);
});

Deno.test("backoff() doubles, stays in the upper half of its bound, and never exceeds max", () => {
  fc.assert(fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
    const seconds = backoff(attempt, { initial: 1, max: 60 }, random);
    const bound = Math.min(60, 2 ** Math.min(attempt, 10));
    assert(seconds >= bound / 2 && seconds <= bound);
  }));
});
