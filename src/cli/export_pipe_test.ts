/** `annals export` as a process: into a pipe whose reader ends, and onto a full disk. */
import { assertEquals, assertMatch } from "@std/assert";
import { FakeSite } from "../../tests/support/fake_site.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Runs a shell command in which `"$@"` is an export of everything; returns the exit code of the export and what it said. */
async function exported(site: FakeSite, shell: string): Promise<{ code: number; said: string }> {
  const { code, stderr } = await new Deno.Command("bash", {
    args: [
      "-c",
      `set -o pipefail; ${shell}`,
      "export",
      ...[Deno.execPath(), "run", "--allow-all", MAIN, "export", "--all", "--config", site.file("config.toml")],
    ],
    stdout: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr).trim() };
}

const ENDED =
  /^annals: Cannot write the export: the reader of standard output has ended\. Written before: (.+) messages$/;

Deno.test("export ends with 1 and says how much it wrote when the reader of the pipe ends", async () => {
  await using site = await FakeSite.make({ messages: 6000 });
  const { code, said } = await exported(site, '"$@" | head -n 1');
  assertEquals(code, 1);
  assertMatch(said, ENDED);
  const [, written = ""] = said.match(ENDED) ?? [];
  assertEquals(Number(written.replaceAll(",", "")) < 12_000, true);
});

Deno.test({
  name: "export ends with 1 on a full disk, behind a pipe and without one",
  ignore: Deno.build.os !== "linux",
  async fn(): Promise<void> {
    await using site = await FakeSite.make({ messages: 6000 });
    const piped = await exported(site, '"$@" | cat > /dev/full 2>&1');
    assertEquals(piped.code, 1);
    assertMatch(piped.said.split("\n").find((line) => line.startsWith("annals:")) ?? "", ENDED);
    const direct = await exported(site, '"$@" > /dev/full');
    assertEquals(direct.code, 1);
    assertMatch(direct.said, /^annals: Cannot write the export: No space left on device.* Written before: 0 messages$/);
  },
});

Deno.test("export ends with 0 when the whole of it was taken", async () => {
  await using site = await FakeSite.make({ messages: 100 });
  assertEquals(await exported(site, '"$@" | cat'), {
    code: 0,
    said: "Written: 200 messages, preferences of 1 users",
  });
});
