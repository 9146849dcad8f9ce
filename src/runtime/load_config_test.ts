import { assertEquals, assertRejects } from "@std/assert";
import { definePlugin } from "./plugin.ts";
import { integer, option, period } from "../config/options.ts";
import { pluginValues } from "../config/config.ts";
import { type ConfigSources, loadConfig, readConfig } from "./load_config.ts";
import { ConfigError } from "../config/problem.ts";

const echo = definePlugin({
  name: "echo",
  summary: "Says everything again",
  options: {
    echo_delay: option(period(), { doc: "How long to wait", default: "1d", reload: true }),
    echo_limit: option(integer({ min: 1 }), { doc: "How much to say", example: 5 }),
  },
  start(): void {},
});

const FILE = `
modules_enabled = ["echo"]
hosts = ["Example.ORG"]
echo_limit = 3
[component]
domain = "archive.example.org"
secret = "file"
[log]
level = "warn"
`;

function sources(given: Partial<ConfigSources> = {}): ConfigSources {
  return { file: "/etc/annals/config.toml", env: {}, flags: new Map(), plugins: [echo], ...given };
}

Deno.test("loadConfig() gives typed values, defaults filled in and paths absolute", async () => {
  const { config, plugins } = await loadConfig({ ...sources(), text: FILE });
  assertEquals(config.hosts, ["example.org"]);
  assertEquals(config.component, {
    domain: "archive.example.org",
    host: "127.0.0.1",
    port: 5347,
    secret: "file",
    secret_file: undefined,
    tls: false,
    reconnect: { initial: 1, max: 60 },
  });
  assertEquals(config.stores.sqlite?.path, "/etc/annals/data/archive2.sqlite");
  assertEquals(pluginValues(config, echo), { echo_delay: 86_400, echo_limit: 3 });
  assertEquals(plugins, [echo]);
});

Deno.test("A flag overrides the environment, which overrides the file, which overrides the default", async () => {
  const env = { ANNALS_LOG_LEVEL: "error", ANNALS_COMPONENT_PORT: "5348" };
  const flags = new Map([["log.level", "debug"]]);
  const cases = [
    { given: { env, flags }, level: "debug", source: { from: "flag", name: "--log.level" }, port: 5348 },
    { given: { env }, level: "error", source: { from: "environment", name: "ANNALS_LOG_LEVEL" }, port: 5348 },
    { given: {}, level: "warn", source: { from: "file", file: "/etc/annals/config.toml", line: 9 }, port: 5347 },
  ];
  for (const { given, level, source, port } of cases) {
    const { config } = await loadConfig({ ...sources(given), text: FILE });
    assertEquals(config.log.level, level);
    assertEquals(config.settings.get("log.level")?.source, source);
    assertEquals(config.component.port, port);
  }
});

Deno.test("Flags and variables hold values as TOML writes them, and text without quotes", async () => {
  const cases = [
    ["hosts", '["a.example", "b.example"]', ["a.example", "b.example"]],
    ["component.domain", "other.example", "other.example"],
    ["component.domain", '"other.example"', "other.example"],
    ["component.tls", "true", true],
    ["component.port", "1234", 1234],
    // What reads as a number is still text where text is expected, and a secret is never read as anything else.
    ["component.host", "12345", "12345"],
    ["component.secret", '"quoted"', '"quoted"'],
    ["echo_delay", "1w", 604_800],
    ["echo_delay", "60", 60],
  ] as const;
  for (const [key, text, value] of cases) {
    const env = { [`ANNALS_${key.toUpperCase().replaceAll(".", "_")}`]: text };
    for (const given of [{ env }, { flags: new Map([[key, text]]) }]) {
      const { config } = await loadConfig({ ...sources(given), text: FILE });
      assertEquals(config.settings.get(key)?.value, value);
    }
  }
});

Deno.test("A variable that is set to nothing counts as not set", async () => {
  const { config } = await loadConfig({ ...sources({ env: { ANNALS_LOG_LEVEL: "" } }), text: FILE });
  assertEquals(config.log.level, "warn");
});

Deno.test("A variable that looks misspelt is warned of; others of the prefix are nobody's mistake", async () => {
  const env = { ANNALS_LOG_LEVLE: "debug", ANNALS_PORT: "tcp://10.0.0.1:5347", ANNALS_SERVICE_HOST: "10.0.0.1" };
  const { warnings } = await loadConfig({ ...sources({ env }), text: FILE });
  const message = "Unknown variable, not used; did you mean ANNALS_LOG_LEVEL?";
  assertEquals(warnings, [{ where: "ANNALS_LOG_LEVLE", message }]);
});

Deno.test("A problem with a flag or a variable names it, beside those of the file", async () => {
  const env = { ANNALS_COMPONENT_PORT: "http" };
  const flags = new Map([["log.levle", "debug"], ["log.format", "xml"], ["x", "1"]]);
  const error = await assertRejects(
    () => loadConfig({ ...sources({ env, flags }), text: FILE.replace("warn", "loud") }),
    ConfigError,
  );
  assertEquals(error.message.split("\n"), [
    "--log.levle: Unknown option; did you mean --log.level?",
    "--x: Unknown option",
    'ANNALS_COMPONENT_PORT: component.port: Found "http", expected an integer from 1 to 65535',
    '--log.format: Found "xml", expected "text" or "json"',
    '/etc/annals/config.toml:9: log.level: Found "loud", expected "debug", "info", "warn", or "error"',
  ]);
});

Deno.test("What a plugin needs is not missed while the plugin does not run", async () => {
  const text = FILE.replace("echo_limit = 3", "");
  const error = await assertRejects(() => loadConfig({ ...sources(), text }), ConfigError);
  assertEquals(
    error.message,
    "/etc/annals/config.toml: echo_limit: Missing; expected an integer of at least 1, such as 5",
  );
  const { plugins } = await loadConfig({ ...sources(), text: text.replace('["echo"]', "[]") });
  assertEquals(plugins, []);
});

Deno.test("Two plugins that declare one option cannot both be loaded", async () => {
  const rival = definePlugin({
    name: "rival",
    summary: "Wants what echo has",
    options: {
      echo_limit: option(integer(), { doc: "Mine", default: 1 }),
      log_level: option(integer(), { doc: "Set by the variable that sets log.level", default: 1 }),
    },
    start(): void {},
  });
  const error = await assertRejects(
    () => loadConfig({ ...sources({ plugins: [echo, rival] }), text: FILE }),
    ConfigError,
  );
  assertEquals(error.message.split("\n"), [
    'plugin "rival": echo_limit: Cannot declare an option that the plugin "echo" has already',
    'plugin "rival": log_level: Cannot declare an option that Annals has already',
  ]);
});

Deno.test("readConfig() says what to do about a file that is not there, and tells of a misspelt flag before", async () => {
  const given = { file: "/nowhere/config.toml", flags: new Map([["cofig", "annals.toml"], ["log.level", "debug"]]) };
  const error = await assertRejects(() => readConfig(sources(given)), ConfigError);
  assertEquals(error.message.split("\n"), [
    "--cofig: Unknown option; did you mean --config?",
    "/nowhere/config.toml: Cannot open the configuration: There is no such file or folder; " +
    '"annals help options" prints one to start from',
  ]);
});

Deno.test("A syntax error is told by line and column, without the text around it, which may hold the secret", async () => {
  const error = await assertRejects(() => loadConfig({ ...sources(), text: 'a = 1\nsecret = "hunter2' }), ConfigError);
  assertEquals(error.message, "/etc/annals/config.toml:2:10: Cannot read this as TOML: unfinished string");
  const inKey = await assertRejects(() => loadConfig({ ...sources(), text: '"\\q" = 1' }), ConfigError);
  assertEquals(inKey.message, "/etc/annals/config.toml:1:3: Cannot read this as TOML: unrecognised escape sequence");
});

Deno.test("No error shows a secret, wherever it was found and whatever is wrong with it", async () => {
  const wrongs: readonly (Partial<ConfigSources> & { text?: string })[] = [
    { text: FILE.replace('secret = "file"', "secret = 8472") },
    { text: FILE.replace('secret = "file"', 'secret = ["8472"]') },
    { text: FILE.replace('secret = "file"', 'secrt = "8472"') },
    { text: FILE.replace('secret = "file"', 'secret = "8472') },
    { text: FILE.replace('secret = "file"', 'secret = "8472"\nsecret_file = "x"') },
    { flags: new Map([["component.secrt", "8472"]]) },
  ];
  for (const { text = FILE, ...given } of wrongs) {
    const error = await assertRejects(() => loadConfig({ ...sources(given), text }), ConfigError);
    assertEquals(error.message.includes("8472"), false, error.message);
  }
});
