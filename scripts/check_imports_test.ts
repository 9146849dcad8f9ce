import { assertEquals } from "@std/assert";
import { importsOf, objection } from "./check_imports.ts";

Deno.test("objection() lets imports point down, and into the folder itself", () => {
  const allowed = [
    ["main.ts", "src/cli/run.ts"],
    ["src/wire/xep0059.ts", "src/xml/element.ts"],
    ["src/wire/xep0313.ts", "src/wire/xep0059.ts"],
    ["src/runtime/stores.ts", "src/store/mod.ts"],
    ["src/store/mod.ts", "src/store/sqlite/back_end.ts"],
    ["src/store/postgresql/connection/pool.ts", "src/store/postgresql/limits.ts"],
    ["src/runtime/keeper_test.ts", "src/store/sqlite/mod.ts"],
    ["src/lib/version.ts", "deno.json"],
    ["src/plugins/mam/mod.ts", "src/plugins/mam/events.ts"],
    ["src/plugins/mam/mod.ts", "src/store/id.ts"],
    ["src/plugins/stats.ts", "src/plugins/mam/events.ts"],
    ["src/plugins/mod.ts", "src/plugins/mam/mod.ts"],
    ["src/cli/check.ts", "src/plugins/mod.ts"],
    ["src/xml/reader_test.ts", "tests/support/codec.ts"],
    ["tests/support/annals.ts", "src/cli/run.ts"],
  ] as const;
  for (const [importer, imported] of allowed) assertEquals(objection(importer, imported), undefined, importer);
});

Deno.test("objection() says why an import is wrong", () => {
  const refused = [
    ["src/xml/reader.ts", "src/wire/codec.ts", "src/xml comes before src/wire"],
    ["src/runtime/runtime.ts", "src/plugins/mod.ts", "src/runtime comes before src/plugins"],
    ["src/store/archive.ts", "src/xml/element.ts", "a store knows nothing of the protocol"],
    ["src/plugins/ping.ts", "src/stream/connection.ts", "a plugin does not know the stream"],
    ["src/plugins/mam/mod.ts", "src/store/sqlite/mod.ts", "a plugin does not know which store it has"],
    ["src/plugins/mam/mod.ts", "src/store/mod.ts", "a plugin does not know which store it has"],
    [
      "src/runtime/stores.ts",
      "src/store/sqlite/mod.ts",
      "the inside of a store is its own; src/store/mod.ts lists the stores",
    ],
    ["src/store/sqlite/mod.ts", "src/store/postgresql/limits.ts", "a store does not know another"],
    ["src/plugins/ping.ts", "src/plugins/mod.ts", "a plugin does not know another, but for its events.ts"],
    ["src/plugins/ping.ts", "src/plugins/mam/policy.ts", "a plugin does not know another, but for its events.ts"],
    ["main.ts", "src/plugins/mod.ts", "main.ts imports src/cli only"],
    ["src/xml/reader.ts", "tests/support/codec.ts", "what is for tests is imported by tests only"],
    [
      "src/util/x.ts",
      "src/xml/element.ts",
      "the tiers of src are log, lib, xml, xmpp, wire, config, stream, store, watch, transfer, runtime, plugins, cli",
    ],
  ] as const;
  for (const [importer, imported, reason] of refused) assertEquals(objection(importer, imported), reason, importer);
});

Deno.test("importsOf() finds every form of import", () => {
  const source = `
    import a from "./a.ts";
    import type { B } from "./b.ts";
    import {
      c,
    } from "./c.ts";
    export * from "./d.ts";
    import "./e.ts";
    await import("./f.ts");
    const from = "./not.ts";`;
  assertEquals(importsOf(source), ["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
});
