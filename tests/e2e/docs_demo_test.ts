/** The first command of the README. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../support/documents.ts";
import { AVAILABLE } from "./stage.ts";

Deno.test({
  name: "README.md: the demo plays to its end, and leaves nothing behind",
  ignore: !AVAILABLE.has("Prosody"),
  async fn(): Promise<void> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "demo"],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    assertEquals(code, 0, said + new TextDecoder().decode(stderr));
    assertStringIncludes(said, "Annals is back, and nothing is missing");
    assertStringIncludes(said, "Everything that was started is ended");
  },
});
