/**
 * Servers that are connected to Annals by what `annals setup` prints, as an operator would paste it.
 *
 * @module
 */
import type { Annals } from "../support/annals.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { prepareEjabberd } from "../support/servers/ejabberd.ts";
import { prepareProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import type { ServerOptions } from "../support/servers/site.ts";

/** A server that keeps archives of its own, until it is set up. */
export async function unconnected(make: "prosody" | "ejabberd", options: ServerOptions = {}): Promise<Server> {
  if (make === "prosody") {
    const server = await prepareProsody({ ...options, archive: "own-internal" });
    await edit(`${server.site.folder}/prosody.cfg.lua`, (text) => `${text}\nInclude "conf.d/*.cfg.lua"\n`);
    await Deno.mkdir(`${server.site.folder}/conf.d`);
    return server;
  }
  const server = await prepareEjabberd({ ...options, archive: "none" });
  const file = `${server.site.folder}/annals.yml`;
  await edit(`${server.site.folder}/ejabberd.yml`, (text) => {
    const { listen, acl: _, access_rules: __, ...config } = JSON.parse(text);
    const own = listen.filter(({ module }: { module: string }) => module !== "ejabberd_service");
    return JSON.stringify({ ...config, listen: own, acl: { local: { user_regexp: "" } }, include_config_file: file });
  });
  return server;
}

/** Writes the files that `annals setup` prints into the server's folder, and edits the server's own as it says. */
export async function paste(
  { site: { folder } }: Server,
  annals: Annals,
  { args, change = (text) => text }: { args: readonly string[]; change?: (text: string) => string },
): Promise<void> {
  const system = new FakeSystem();
  const code = await run(["setup", ...args, "--config", annals.config], system);
  if (code !== 0) throw new Error(`Cannot set the server up: ${system.errors.join("\n")}`);
  if (args.includes("--standard") && args[0] === "prosody") {
    await edit(`${folder}/prosody.cfg.lua`, (text) => (
      text.replace('"mam"', '"delegation"; "privilege"; "firewall"')
    ));
  }
  const inFolder = change(system.printed).replaceAll("/etc/prosody", folder).replaceAll("/etc/ejabberd", folder);
  for (
    const [, path = "", text = ""] of inFolder.matchAll(
      /^install -m 640 -g \w+ \/dev\/stdin (\S+) <<'END'\n(.*?)^END$/gms,
    )
  ) {
    await Deno.writeTextFile(path, text);
  }
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}
