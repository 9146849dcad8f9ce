import { assertEquals, assertMatch } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");

Deno.test({
  name: "the executable has the version of the source, and says what it was built from",
  ignore: ANNALS === undefined,
  async fn(): Promise<void> {
    const { code, stdout } = await new Deno.Command(ANNALS ?? "", { args: ["version", "--json"] }).output();
    const { version, commit, date } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([code, version], [0, manifest.version]);
    assertMatch(commit, /^[0-9a-f]{7,}(?:-dirty)?$/);
    assertMatch(date, /^\d{4}-\d{2}-\d{2}$/);
  },
});
