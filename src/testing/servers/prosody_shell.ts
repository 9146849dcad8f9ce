/**
 * What an operator does to a running Prosody.
 *
 * @module
 */
import type { Server } from "./server.ts";

/** Loads a module of the first host again, as it is; needs `mod_admin_shell`. */
export async function reloadModule({ host, site }: Server, module: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("prosodyctl", {
    args: ["--config", `${site.folder}/prosody.cfg.lua`, "shell", "module", "reload", module, host],
    stdin: "null",
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success || !said.includes("OK")) throw new Error(`Cannot load the module "${module}" again: ${said}`);
}
