import { assertEquals, assertMatch } from "@std/assert";
import { FakeSystem } from "../../tests/support/fake_system.ts";
import { run } from "./run.ts";

const GOOD = new URL("../../tests/config/good_minimal.toml", import.meta.url).pathname;
const BAD = new URL("../../tests/config/bad_unknown_key.toml", import.meta.url).pathname;

/** Names of all commands, in the order in which help lists them. */
const NAMES =
  "serve, check, setup, doctor, companion, types, stats, show, prefs, sweep, purge, backup, restore, verify, " +
  "compact, export, import, migrate-store, version, help";

interface Case {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** All of standard output, if anything. */
  readonly out?: RegExp;
  /** The lines of standard error. */
  readonly err?: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  "help lists the commands, with an example": {
    args: ["help"],
    code: 0,
    out: /Commands:\n {2}serve +\S[^]+\nExample: annals /,
  },
  "help keeps a gap behind the longest of their names": {
    args: ["help"],
    code: 0,
    out: /\n {2}serve {10}Connects [^]+\n {2}migrate-store {2}Copies /,
  },
  "--help does too": { args: ["--help"], code: 0, out: /Commands:\n/ },
  "help COMMAND tells more of it": {
    args: ["help", "check"],
    code: 0,
    out: /Usage: annals check [^]+Example: annals check /,
  },
  "COMMAND --help does too": {
    args: ["serve", "--log.level", "debug", "--help"],
    code: 0,
    out: /Usage: annals serve [^]+Example: annals serve /,
  },
  "help --help tells more of help": { args: ["help", "--help"], code: 0, out: /Usage: annals help \[COMMAND/ },
  "help options prints a configuration file": {
    args: ["help", "options"],
    code: 0,
    out: /\nhosts = \["example.org"\]\n/,
  },
  "version names the version, and where it comes from": {
    args: ["version"],
    code: 0,
    out: /^annals \d+\.\d+\.\d+ \(commit [0-9a-z-]+, from source, Deno [\d.]+\)\n$/,
  },
  "version --json does so for a program": {
    args: ["version", "--json"],
    code: 0,
    out: /^\{"version":"\d+\.\d+\.\d+","commit":"[0-9a-z-]+","deno":"[\d.]+"\}\n$/,
  },
  "setup prosody prints what has Prosody hand over its archives, through the module": {
    args: ["setup", "prosody", "--config", GOOD],
    code: 0,
    out:
      /annals companion prosody > [^]+Component "[^"]+"\n {2}component_secret = "[^]+annals_hosts = \{ "example\.org" \}/,
  },
  "setup prosody --standard does so through community modules": {
    args: [
      "setup",
      "prosody",
      "--standard",
      "--config",
      GOOD,
      "--component.port",
      "5348",
      "--component.host",
      "xmpp.test",
    ],
    code: 0,
    out:
      /network_settings[^]+component_ports = \{ 5348 \}[^]+component_interfaces[^]+FORWARD=[^]+privileged_entities = /,
  },
  "setup ejabberd prints YAML": { args: ["setup", "ejabberd", "--config", GOOD], code: 0, out: /\nlisten:\n {2}-\n/ },
  "setup fails for a server that it does not know": {
    args: ["setup", "prosodi", "--config", GOOD],
    code: 64,
    err: ['annals: There is no setup for "prosodi"; did you mean prosody?'],
  },
  "companion says which modules there are": {
    args: ["companion"],
    code: 0,
    out: /\n {2}annals companion prosody > mod_annals\.lua/,
  },
  "companion SERVER prints the module": {
    args: ["companion", "prosody"],
    code: 0,
    out: /^-- mod_annals: [^]+\nlocal /,
  },
  "companion fails for a server that has none": {
    args: ["companion", "prosodi"],
    code: 64,
    err: ['annals: There is no module for "prosodi"; did you mean prosody?'],
  },
  "check prints what is in force, and masks the secret": {
    args: ["check", "--config", GOOD, "--log.level", "debug"],
    code: 0,
    out: /\nsecret = "\*{8}" # [^]+\nlevel = "debug" # --log\.level\n/,
  },
  "check warns of what is not wrong, but likely not meant": {
    args: ["check", "--config", GOOD],
    env: { ANNALS_LOG_LEVLE: "debug" },
    code: 0,
    out: /./,
    err: ["Warning: ANNALS_LOG_LEVLE: Unknown variable, not used; did you mean ANNALS_LOG_LEVEL?"],
  },
  "check fails for a wrong configuration, with all that is wrong": {
    args: ["check", "--config", BAD],
    code: 78,
    err: [`${BAD}:5: welcome_message: Unknown key`, `${BAD}:10: log.levle: Unknown key; did you mean log.level?`],
  },
  "serve is what runs when no command is named, and it fails for a wrong configuration": {
    args: ["--config", BAD],
    code: 78,
    err: [`${BAD}:5: welcome_message: Unknown key`, `${BAD}:10: log.levle: Unknown key; did you mean log.level?`],
  },
  "A wrong value on the command line is a wrong configuration": {
    args: ["check", "--config", GOOD, "--component.port", "http"],
    code: 78,
    err: ['--component.port: Found "http", expected an integer from 1 to 65535'],
  },
  "A file that is not there is a wrong configuration": {
    args: ["check", "--config", "/nowhere/config.toml"],
    code: 78,
    err: [
      "/nowhere/config.toml: Cannot open the configuration: There is no such file or folder; " +
      '"annals help options" prints one to start from',
    ],
  },
  "An unknown option is a wrong command line": {
    args: ["check", "--config", GOOD, "--log.levle", "debug"],
    code: 64,
    err: ["--log.levle: Unknown option; did you mean --log.level?"],
  },
  "So is an unknown command": {
    args: ["chekc"],
    code: 64,
    err: ['annals: Unknown command "chekc"; did you mean check?'],
  },
  "So is a command that is like none": {
    args: ["frobnicate"],
    code: 64,
    err: [`annals: Unknown command "frobnicate"; expected ${NAMES}`],
  },
  "So is a word too many": {
    args: ["check", GOOD],
    code: 64,
    err: [`annals: Found "${GOOD}", expected annals check [--config FILE] [--OPTION VALUE …]`],
  },
  "So is an option for a command that takes none": {
    args: ["version", "--log.level", "debug"],
    code: 64,
    err: ["annals: Found --log.level, expected annals version [--json]"],
  },
  "So is a switch for a command that has none": {
    args: ["check", "--config", GOOD, "--json"],
    code: 64,
    err: ["annals: Found --json, expected annals check [--config FILE] [--OPTION VALUE …]"],
  },
  "So is a flag without its value": {
    args: ["serve", "--config"],
    code: 64,
    err: ["annals: --config: Found no value, expected --config VALUE"],
  },
  "An argument cannot forge a line": {
    args: ["x\ny\x1b[2J"],
    code: 64,
    err: [
      `annals: Unknown command "x\\u000ay\\u001b[2J"; expected ${NAMES}`,
    ],
  },
};

for (const [name, { args, env = {}, code, out = /^$/, err = [] }] of Object.entries(CASES)) {
  Deno.test(`annals ${name}`.replace(/^annals (?=[A-Z])/, ""), async () => {
    const system = new FakeSystem(env);
    assertEquals(await run(args, system), code);
    assertMatch(system.printed, out);
    assertEquals(system.errors, err);
  });
}
