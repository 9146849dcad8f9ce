/**
 * Plays the configuration files of this folder: a `bad_….toml` begins with the errors that it must give, as comments; a
 * `good_….toml` must give none.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { loadConfig } from "../../src/runtime/load_config.ts";
import { ConfigError } from "../../src/config/problem.ts";

const FOLDER = new URL(".", import.meta.url).pathname;

for (const { name } of Deno.readDirSync(FOLDER)) {
  if (!name.endsWith(".toml")) continue;
  const text = Deno.readTextFileSync(FOLDER + name);
  const sources = { file: FOLDER + name, env: {}, flags: new Map(), plugins: BUILT_IN, text };
  Deno.test(`config/${name}`, async () => {
    if (name.startsWith("good_")) return void await loadConfig(sources);
    const expected = /^(?:# .*\n)+/.exec(text)?.[0].replace(/^# /gm, "").trimEnd();
    const error = await assertRejects(() => loadConfig(sources), ConfigError);
    assertEquals(error.message.replaceAll(FOLDER, ""), expected);
  });
}
