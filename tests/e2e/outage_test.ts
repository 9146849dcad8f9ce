/** Annals remembers when a server could not reach it, and what it did not keep. */
import { assertEquals } from "@std/assert";
import { FakeSystem } from "../support/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { onEachServer } from "./stage.ts";

onEachServer("stats tells when the server could not reach the archive, beside the service", async (stage) => {
  async function stats(): Promise<{ unreachable: { to: string | null }[]; stored: number; watched_since: string }> {
    const system = new FakeSystem();
    assertEquals(await run(["stats", "--json", "--config", stage.annals.config], system), 0, system.errors.join());
    return JSON.parse(system.printed);
  }
  const alice = await stage.enter("alice");
  const bob = await stage.enter("bob");
  await alice.send(`<message to='bob@example.test' type='chat'><body>Who is it?</body></message>`);
  await bob.message("Who is it?");
  assertEquals((await stats()).unreachable, []);
  await stage.annals.restart();
  const { unreachable, stored } = await stats();
  assertEquals([unreachable.length, stored], [1, 1]);
  assertEquals(unreachable.every(({ to }) => to !== null), true);
});
