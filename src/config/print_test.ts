import { assertEquals } from "@std/assert";
import { parse } from "smol-toml";
import { loadConfig } from "../runtime/load_config.ts";
import { effectiveConfig, shippedConfig } from "./print.ts";
import { schemaOf } from "./schema.ts";

Deno.test("effectiveConfig() is TOML with the source of each value, and without the secret", async () => {
  const { config } = await loadConfig({
    text: 'modules_enabled = []\nhosts = ["a.example"]\n[component]\ndomain = "b.example"\nsecret = "hunter2"',
    file: "config.toml",
    env: { ANNALS_COMPONENT_PORT: "5348" },
    flags: new Map([["log.level", "debug"]]),
    plugins: [],
  });
  const printed = effectiveConfig(config.settings);
  assertEquals(
    printed.split("\n\n")[1],
    `\
[component]
domain = "b.example" # config.toml:4
host = "127.0.0.1" # default
port = 5348 # ANNALS_COMPONENT_PORT
secret = "********" # config.toml:5
# secret_file is not set
tls = false # default`,
  );
  assertEquals(printed.includes("hunter2"), false);
  assertEquals(parse(printed).log, { level: "debug", format: "text" });
});

Deno.test("shippedConfig() is TOML with every option that is not left out by default", () => {
  const { component } = parse(shippedConfig(schemaOf({ plugins: [], stores: [] }).schema));
  assertEquals(component, {
    domain: "archive.example.org",
    host: "127.0.0.1",
    port: 5347,
    tls: false,
    reconnect: { initial: 1, max: 60 },
  });
});
