import { assertEquals } from "@std/assert";
import { FakeSite } from "../../src/cli/fake_site.ts";
import { ROMEO } from "../../src/store/testing/messages.ts";
import { Process } from "../../src/testing/process.ts";

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");

Deno.test({
  name: "the executable may do all that archives need to be kept: look, back up, purge, compact, restore",
  ignore: ANNALS === undefined,
  async fn(): Promise<void> {
    await using site = await FakeSite.make({ messages: 100 });
    const backup = site.file("backup.sqlite");
    const commands: readonly (readonly string[])[] = [
      ["stats"],
      ["show", "--user", ROMEO],
      ["sweep", "--dry-run"],
      ["backup", backup],
      ["verify"],
      ["purge", "--user", ROMEO, "--yes"],
      ["sweep"],
      ["compact"],
      ["restore", backup, "--yes"],
    ];
    for (const args of commands) {
      await using annals = new Process(ANNALS ?? "", { args: [...args, "--config", site.file("config.toml")] });
      assertEquals((await annals.end()).code, 0, `${args.join(" ")}: ${annals.lines.join("\n")}`);
    }
    const { printed } = await site.annals(0, "stats", "--json");
    assertEquals(JSON.parse(printed).messages, 200);
  },
});
