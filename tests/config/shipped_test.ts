import { assertEquals } from "@std/assert";
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { givenInFile } from "../../src/config/given.ts";
import { loadConfig } from "../../src/runtime/load_config.ts";
import { shippedConfig } from "../../src/config/print.ts";
import { schemaOf } from "../../src/config/schema.ts";
import { BACK_ENDS } from "../../src/store/mod.ts";

const FILE = new URL("../../config.toml", import.meta.url).pathname;
const TEXT = await Deno.readTextFile(FILE);
const { schema } = schemaOf({ plugins: BUILT_IN, stores: BACK_ENDS });

Deno.test("The shipped config.toml has every option, at its default, and nothing else", () => {
  const expected = [...schema]
    .filter(([, { option }]) => !option.optional)
    .map(([key, { option }]) => [key, option.default ?? option.example]);
  const found = givenInFile({ text: TEXT, file: FILE }, schema).map(({ key, readings: [value] }) => [key, value]);
  assertEquals(new Map(found as [string, unknown][]), new Map(expected as [string, unknown][]));
  assertEquals(found.length, expected.length);
});

Deno.test("The shipped config.toml shows every option that has no default too, in a comment that is right when it is one no more", () => {
  const optional = [...schema].filter(([, { option }]) => option.optional).map(([key]) => key);
  assertEquals(optional, [
    "component.secret",
    "component.secret_file",
    "storage.postgresql.url",
    "storage.postgresql.url_file",
    "storage.postgresql.ca_file",
    "storage.postgresql.replica_urls",
    "metrics.listen",
  ]);
  const text = TEXT.replace(/^# (\w+) = /gm, "$1 = ");
  const uncommented = givenInFile({ text, file: FILE }, schema);
  assertEquals(uncommented.map(({ key }) => key), [...schema.keys()]);
  for (const { key, readings: [value] } of uncommented) schema.get(key)?.option.parse(value, "/");
});

Deno.test("The shipped config.toml is what `annals help options` prints", () => {
  assertEquals(TEXT, shippedConfig(schema));
});

Deno.test("The shipped config.toml lacks nothing but the secret", async () => {
  const env = { ANNALS_COMPONENT_SECRET: "a long random text" };
  const { config } = await loadConfig({ text: TEXT, file: FILE, env, flags: new Map(), plugins: BUILT_IN });
  assertEquals(config.modules_enabled, BUILT_IN.map(({ name }) => name));
});

Deno.test("Every option says in one line what it is for, and every plugin what it does", () => {
  for (const [key, { option }] of schema) {
    assertEquals(/^\S.{20,110}[^.]$/.test(option.doc), true, `${key}: ${option.doc}`);
  }
  for (const { name, summary } of BUILT_IN) assertEquals(/^[A-Z].+[^.]$/.test(summary), true, name);
});
