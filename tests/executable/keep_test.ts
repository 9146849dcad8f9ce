import { assertEquals } from "@std/assert";
import { FakeSite } from "../support/fake_site.ts";
import { ROMEO } from "../support/store/messages.ts";
import { Process } from "../support/process.ts";

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");

Deno.test({
  name:
    "the executable may do all that archives need to be kept: look, back up, purge, compact, restore, beside a service or not",
  ignore: ANNALS === undefined,
  async fn(): Promise<void> {
    await using site = await FakeSite.make({ messages: 100 });
    const backup = site.file("backup.sqlite");
    const flags = ["--config", site.file("config.toml"), "--component.port", "1", "--archive_expires_after", "never"];
    const commands: readonly (readonly string[])[] = [
      ["stats"],
      ["show", "--user", ROMEO],
      ["sweep", "--dry-run"],
      ["backup", "--force", backup],
      ["verify"],
      ["purge", "--user", ROMEO, "--yes"],
      ["sweep"],
      ["compact"],
      ["restore", backup, "--yes"],
    ];
    // Without a service, and beside one that finds no server: nobody listens at a reserved port.
    for (const beside of [false, true]) {
      await using service = beside ? new Process(ANNALS ?? "", { args: ["serve", ...flags] }) : undefined;
      await service?.line((line) => line.includes("event=store-opened"));
      await service?.line((line) => line.includes("event=stream-failed"));
      for (const args of commands) {
        await using annals = new Process(ANNALS ?? "", { args: [...args, ...flags] });
        assertEquals((await annals.end()).code, 0, `${args.join(" ")}: ${annals.lines.join("\n")}`);
      }
      const told = ["purged", "compacted", "restored"].filter((event) => (
        service?.lines.some((line) => line.includes(`event=${event} `))
      ));
      assertEquals(told.length, beside ? 3 : 0);
      const { printed } = await site.annals(0, "stats", "--json");
      assertEquals(JSON.parse(printed).messages, 200);
    }
  },
});
