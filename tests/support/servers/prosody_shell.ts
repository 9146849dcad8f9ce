/**
 * Commands of an operator to a running Prosody.
 *
 * @module
 */
import { PROSODYCTL } from "./prosody_program.ts";
import type { Server } from "./server.ts";

/** Loads a module of the first host again, as it is; needs `mod_admin_shell`. */
export async function reloadModule(server: Server, module: string): Promise<void> {
  const said = await prosodyctl(server, "shell", "module", "reload", module, server.host);
  if (!said.includes("OK")) throw new Error(`Cannot load the module "${module}" again: ${said}`);
}

/** Deletes an account of the first host behind the server's back: in another process. */
export async function deleteAccount(server: Server, user: string): Promise<void> {
  // Not "deluser", which asks the server itself to do it since Prosody 13.
  await prosodyctl(server, "unregister", user, server.host);
}

/** Loads a module into a host; needs `mod_admin_shell`. */
export async function loadModule(server: Server, module: string, host: string): Promise<void> {
  const said = await prosodyctl(server, "shell", "module", "load", module, host);
  if (!said.includes("OK")) throw new Error(`Cannot load the module "${module}": ${said}`);
}

/** Unloads a module of a host; needs `mod_admin_shell`. */
export async function unloadModule(server: Server, module: string, host: string): Promise<void> {
  const said = await prosodyctl(server, "shell", "module", "unload", module, host);
  if (!said.includes("OK")) throw new Error(`Cannot unload the module "${module}": ${said}`);
}

/** Lists the modules of a host, by name; needs `mod_admin_shell`. */
export async function loadedModules(server: Server, host: string): Promise<string[]> {
  const said = await prosodyctl(server, "shell", "module", "list", host);
  return said.split("\n").flatMap((line) => /^[ |]+(\w+)(?: \(.*\))?\s*$/.exec(line)?.[1] ?? []).sort();
}

async function prosodyctl({ site }: Server, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PROSODYCTL, {
    args: ["--config", `${site.folder}/prosody.cfg.lua`, ...args],
    stdin: "null",
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`Cannot run prosodyctl ${args.join(" ")}: ${said}`);
  return said;
}
