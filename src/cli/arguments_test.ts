import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "./arguments.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("parseArguments() tells words, the configuration file and options apart", () => {
  const cases: readonly (readonly [string, readonly string[], string, Readonly<Record<string, string>>])[] = [
    ["", [], "config.toml", {}],
    ["serve", ["serve"], "config.toml", {}],
    ["constructor", ["constructor"], "config.toml", {}],
    ["--config a.toml", [], "a.toml", {}],
    ["-c a.toml check", ["check"], "a.toml", {}],
    ["check --config=a.toml", ["check"], "a.toml", {}],
    ["--log.level debug --component.port=1", [], "config.toml", { "log.level": "debug", "component.port": "1" }],
    ["--log.level= --x=a=b", [], "config.toml", { "log.level": "", "x": "a=b" }],
    ["--log.level info --log.level debug", [], "config.toml", { "log.level": "debug" }],
    ["--x -1", [], "config.toml", { x: "-1" }],
    ["--x=--y", [], "config.toml", { x: "--y" }],
    ["check --help", ["help", "check"], "config.toml", {}],
    ["-h", ["help"], "config.toml", {}],
    ["--version", ["version"], "config.toml", {}],
    ["-V", ["version"], "config.toml", {}],
  ];
  for (const [line, words, file, flags] of cases) {
    const args = line.split(" ").filter((arg) => arg !== "");
    assertEquals(
      parseArguments(args),
      { words, file, flags: new Map(Object.entries(flags)), switches: new Set() },
      line,
    );
  }
});

Deno.test("parseArguments() knows flags that have no value", () => {
  const { words, switches } = parseArguments(["version", "--json", "xxjson"], ["json"]);
  assertEquals({ words, switches }, { words: ["version", "xxjson"], switches: new Set(["json"]) });
});

Deno.test("parseArguments() refuses a flag without a value, and what is no flag", () => {
  const cases = [
    ["--log.level", "--log.level: Found no value, expected --log.level VALUE"],
    ["--config --log.level debug", "--config: Found no value, expected --config VALUE"],
    ["-x", "-x: Found no option, expected --OPTION VALUE"],
    ["--", "--: Found no option, expected --OPTION VALUE"],
  ] as const;
  for (const [line, message] of cases) assertThrows(() => parseArguments(line.split(" ")), UsageError, message);
});
