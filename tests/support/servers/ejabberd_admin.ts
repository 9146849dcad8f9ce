/**
 * Commands of an operator to a running ejabberd.
 *
 * @module
 */
import type { Server } from "./server.ts";

type Modules = Readonly<Record<string, unknown>>;

/** Has it read its configuration again, in which `change` makes other modules of those that it was started with. */
export async function reloadConfig({ site: { folder } }: Server, change: (modules: Modules) => Modules): Promise<void> {
  const [file, original] = [`${folder}/ejabberd.yml`, `${folder}/ejabberd.started.yml`];
  const text = await Deno.readTextFile(original).catch(() => Deno.readTextFile(file));
  await Deno.writeTextFile(original, text);
  const config = JSON.parse(text);
  await Deno.writeTextFile(file, JSON.stringify({ ...config, modules: change(config.modules) }));
  const { port } = config.listen.find(({ module }: { module: string }) => module === "ejabberd_http");
  const response = await fetch(`http://127.0.0.1:${port}/api/reload_config`, { method: "POST", body: "{}" });
  const said = await response.text();
  if (!response.ok) throw new Error(`Cannot have ejabberd read its configuration again: ${said}`);
}
