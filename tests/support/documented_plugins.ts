/**
 * The plugins of docs/plugins.md, in a folder for `plugin_paths`.
 *
 * @module
 */
import { blocksOf } from "./documents.ts";

const PLUGINS = blocksOf("docs/plugins.md").filter(({ kind }) => kind === "plugin");

/** Their folder, which goes when the tests end. */
export const PLUGIN_FOLDER: string = await Deno.makeTempDir({ prefix: "annals-plugins-" });

for (const { reason, text } of PLUGINS) await Deno.writeTextFile(`${PLUGIN_FOLDER}/${reason}`, text);
globalThis.addEventListener("unload", () => Deno.removeSync(PLUGIN_FOLDER, { recursive: true }));

/** Their names. */
export const PLUGIN_NAMES: readonly string[] = PLUGINS.map(({ reason = "" }) => reason.replace(".js", ""));
