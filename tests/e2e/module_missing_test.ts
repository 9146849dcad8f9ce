/** The module says in one line of the server's log what keeps it from its work. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { prepareProsody } from "../support/servers/prosody.ts";
import { prosodyConfig } from "../support/servers/prosody_config.ts";
import { loadedModules, unloadModule } from "../support/servers/prosody_shell.ts";
import type { Server } from "../support/servers/server.ts";
import { AVAILABLE } from "./stage.ts";

const OTHER = `Component "other-component.test"\n  component_secret = "secret"\n`;

/** A configuration with mod_mam, and with `sections` after it. */
async function configured(sections: string, global = ""): Promise<Server> {
  const server = await prepareProsody({ archive: "none", accounts: [], companion: true });
  const lua = `modules_enabled = { "roster"; "saslauth"; "disco"; "mam"; "admin_shell" }\n${global}`;
  const text = prosodyConfig({ ...server.site, archive: "none" }, { lua, companion: true });
  await Deno.writeTextFile(`${server.site.folder}/prosody.cfg.lua`, `${text}${sections}\n${OTHER}`);
  return server;
}

const SECRET = `component_secret = "s3cret"`;

const MISSING: readonly (readonly [string, string, string, string])[] = [
  [
    "the hosts",
    `Component "archive.example.test"\n${SECRET}\nmodules_enabled = { "annals" }`,
    "",
    "annals_hosts is not set: expected the hosts whose archives Annals keeps",
  ],
  [
    "a host",
    `Component "archive.example.test"\n${SECRET}\nmodules_enabled = { "annals" }\nannals_hosts = { "elsewhere.test" }`,
    "",
    'There is no VirtualHost "elsewhere.test": expected the hosts of this server in annals_hosts',
  ],
  [
    "the address",
    `VirtualHost "example.test"\nmodules_enabled = { "annals" }`,
    "",
    "annals_component is not set: expected the address of Annals, a Component of this server",
  ],
  [
    "the component",
    `VirtualHost "example.test"\nmodules_enabled = { "annals" }`,
    `annals_component = "archive.example.test"`,
    'There is no Component "archive.example.test": expected the one that annals_component names',
  ],
  [
    "the secret",
    `Component "archive.example.test"\nmodules_enabled = { "annals" }\nannals_hosts = { "example.test" }`,
    "",
    'Component "archive.example.test" has no component_secret: expected the secret of Annals\' configuration',
  ],
];

for (const [name, sections, global, expected] of MISSING) {
  Deno.test({
    name: `mod_annals says that ${name} is missing`,
    ignore: !AVAILABLE.has("Prosody"),
    async fn(): Promise<void> {
      await using server = await configured(sections, global);
      await server.start();
      const line = await server.line((line) => line.includes(" error\t"));
      assertStringIncludes(line, expected);
      assertEquals(server.lines.filter((line) => line.includes(" error\t")).length, 1);
    },
  });
}

Deno.test({
  name: "mod_annals gives a host back to mod_mam when it is unloaded from the component",
  ignore: !AVAILABLE.has("Prosody"),
  async fn(): Promise<void> {
    await using server = await configured(
      `Component "archive.example.test"\n${SECRET}\nmodules_enabled = { "annals" }\nannals_hosts = { "example.test" }`,
    );
    await server.start();
    const archives = async () =>
      (await loadedModules(server, "example.test")).filter((module) => ["annals", "mam"].includes(module));
    assertEquals(await archives(), ["annals"]);
    await unloadModule(server, "annals", "archive.example.test");
    assertEquals(await archives(), ["mam"]);
  },
});
