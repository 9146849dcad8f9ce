import { assertEquals, assertMatch } from "@std/assert";
import { Process } from "../support/process.ts";

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");
const GOOD = new URL("../config/good_minimal.toml", import.meta.url).pathname;

/** Arguments of an Annals that can be looked at; nobody listens at a reserved port. */
function serving(listen: string): readonly string[] {
  const storage = ["--storage.archive2", "memory", "--component.port", "1"];
  return ["serve", "--config", GOOD, ...storage, "--log.format", "json", "--metrics.listen", listen];
}

Deno.test({
  name: "the executable may read all that its metrics tell, and where the port is taken it ends with one line",
  ignore: ANNALS === undefined,
  async fn(): Promise<void> {
    await using annals = new Process(ANNALS ?? "", { args: serving("127.0.0.1:0") });
    const { url } = JSON.parse(await annals.line((line) => line.includes('"event":"watchable"')));
    const text = await (await fetch(`${url}metrics`)).text();
    for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"]) {
      const [, value] = new RegExp(`^${name} (.+)$`, "m").exec(text) ?? [];
      assertEquals(Number(value) > 0, true, `${name} ${value}`);
    }
    assertEquals((await fetch(url)).status, 200);

    await using second = new Process(ANNALS ?? "", { args: serving(new URL(url).host) });
    assertEquals((await second.end()).code, 1);
    const fatal = second.lines.filter((line) => line.includes('"event":"fatal"'));
    assertEquals(fatal.length, 1);
    assertMatch(fatal[0] ?? "", /Cannot listen at http:.+ \(metrics\.listen\); caused by AddrInUse/);
  },
});
