/** Commands as processes whose output goes onto a full disk. */
import { assertEquals } from "@std/assert";
import { FakeSite } from "../../tests/support/fake_site.ts";
import { JULIET } from "../../tests/support/store/messages.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

const COMMANDS: readonly (readonly string[])[] = [
  ["stats"],
  ["stats", "--json"],
  ["show", "--user", JULIET],
  ["prefs", "--user", JULIET],
  ["check"],
  ["verify"],
  ["setup", "prosody"],
];

/** Runs a command with `redirected` at the end of its line; returns the exit code, and what it said on standard error. */
async function ran(words: readonly string[], redirected: string): Promise<{ code: number; said: string }> {
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", `"$@" ${redirected}`, "annals", Deno.execPath(), "run", "--allow-all", MAIN, ...words],
    stdout: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "a command whose output cannot be written says so in one sentence, and ends with 1",
  ignore: Deno.build.os !== "linux",
  async fn(): Promise<void> {
    await using site = await FakeSite.make({ messages: 3 });
    const config = ["--config", site.file("config.toml")];
    for (const words of [["version"], ["help"], ...COMMANDS.map((command) => [...command, ...config])]) {
      assertEquals(await ran(words, "> /dev/full"), {
        code: 1,
        said: "annals: Cannot write to standard output: No space left on device (os error 28)\n",
      }, words.join(" "));
    }
  },
});

Deno.test({
  name: "a command does its work where standard error cannot be written",
  ignore: Deno.build.os !== "linux",
  async fn(): Promise<void> {
    await using site = await FakeSite.make({ messages: 3 });
    const file = site.file("all.jsonl");
    const config = ["--config", site.file("config.toml")];
    assertEquals((await ran(["sweep", "--dry-run", ...config], "2> /dev/full")).code, 0);
    assertEquals((await ran(["export", "--all", "--output", file, ...config], "2> /dev/full")).code, 0);
    assertEquals((await ran(["backup", ...config], "2> /dev/full")).code, 64);
  },
});
