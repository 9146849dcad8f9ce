/**
 * Runs Prosody.
 *
 * @module
 */
import { freePorts } from "../ports.ts";
import { firewallRules } from "../../../src/cli/setup/firewall.ts";
import { companionText } from "../../../src/cli/companion.ts";
import { modulesFolder, prosodyConfig, type ProsodyExtras, rulesFile } from "./prosody_config.ts";
import { PROSODY, PROSODYCTL } from "./prosody_program.ts";
import { PASSWORD, Server, started } from "./server.ts";
import { type ServerOptions, settle } from "./site.ts";

type Options = ServerOptions & ProsodyExtras;

/** Starts Prosody in a fresh folder and on free ports. */
export async function startProsody(options: Options = {}): Promise<Server> {
  return await started(await prepareProsody(options));
}

/** The same, without starting it. */
export async function prepareProsody(options: Options = {}): Promise<Server> {
  const { lua = "", companion = false, ...common } = options;
  const [clientPort = 0, componentPort = 0] = freePorts(2);
  const folder = await Deno.makeTempDir({ prefix: "annals-prosody-" });
  const site = settle(common, { folder, clientPort, componentPort });
  const config = `${folder}/prosody.cfg.lua`;
  // Prosody looks for certificates beside its configuration, and complains where there is no such folder.
  await Deno.mkdir(`${folder}/certs`);
  // mod_admin_socket listens there, and before anything else makes it.
  await Deno.mkdir(`${folder}/data`);
  await Deno.mkdir(modulesFolder(site));
  await Deno.writeTextFile(`${modulesFolder(site)}/mod_annals.lua`, await companionText("prosody"));
  await Deno.writeTextFile(config, prosodyConfig(site, { lua, companion }));
  for (const host of site.hosts) await Deno.writeTextFile(rulesFile(host, site), firewallRules(host, site.component));
  return new Server(site, {
    name: "Prosody",
    command: PROSODY,
    options: { args: ["--config", config, "-F"] },
    register: (user, host) => register(config, user, host),
  });
}

async function register(config: string, user: string, host: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(PROSODYCTL, {
    args: ["--config", config, "register", user, host, PASSWORD],
    stdin: "null",
  }).output();
  if (success) return;
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  throw new Error(`Cannot register ${user}@${host} with prosodyctl: ${said}${complained}`);
}
