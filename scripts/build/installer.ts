/**
 * The installer of a release: one script that has the files it installs behind its last line.
 *
 * @module
 */

const SCRIPT = new URL("../install.sh", import.meta.url);
const FOLDER = new URL("../systemd/", import.meta.url);

/** The script, and each file between a line that names it and one that ends it, as its `part` finds them. */
export async function installer(): Promise<string> {
  const names = (await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name)).sort();
  const parts = await Promise.all(names.map(async (name) => {
    return `#== ${name}\n${await Deno.readTextFile(new URL(name, FOLDER))}#==\n`;
  }));
  return await Deno.readTextFile(SCRIPT) + parts.join("");
}
