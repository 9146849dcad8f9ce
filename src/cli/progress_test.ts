import { assertEquals } from "@std/assert";
import { FakeSystem } from "../../tests/support/fake_system.ts";
import { Progress } from "./progress.ts";

/** Output for three states, of which the second follows right after the first. */
function shown(watched: boolean): readonly string[] {
  const system = new FakeSystem();
  system.watched = watched;
  {
    let now = 0;
    using progress = new Progress(system, () => now);
    for (now of [1000, 1001, 2000]) progress.show(() => `at ${now}`);
  }
  return system.errors;
}

Deno.test("Progress shows a line on a terminal, not every state, and leaves none behind", () => {
  assertEquals(shown(true), ["\rat 1000\x1b[K", "\rat 2000\x1b[K", "\r\x1b[K"]);
});

Deno.test("Progress shows nothing where nobody looks", () => {
  assertEquals(shown(false), []);
});
