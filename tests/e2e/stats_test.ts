/** `annals stats` beside a service and a real server: it shows what is so now, not what was written a minute ago. */
import { assert, assertEquals } from "@std/assert";
import { FakeSystem } from "../support/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { chat, onCompanion, settledArchive } from "./companion_stage.ts";

onCompanion("stats counts what was stored a moment ago, and says since when it counts", async ({ annals, enter }) => {
  const began = Date.now();
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  for (const most of [5, 12]) {
    for (let said = (await settledArchive(bob)).length; said < most; said++) {
      await alice.send(chat("bob@example.test", `${said}`));
      await bob.message(`${said}`);
    }
    assertEquals((await settledArchive(bob)).length, most);
    const system = new FakeSystem();
    assertEquals(await run(["stats", "--json", "--config", annals.config], system), 0);
    const { stored, counted_since } = JSON.parse(system.printed);
    assertEquals([stored, system.errors], [most, []]);
    assert(Date.parse(counted_since) <= began);
  }
});
