/**
 * `annals types`: what authors of plugins write against.
 *
 * @module
 */
import { type Command, EXIT } from "./command.ts";

/** Name of the file, in the source and beside the main module of an executable. */
const FILE = "annals.d.ts";

export const types: Command = {
  summary: "Prints the TypeScript declarations that plugins of your own are written against",
  example: "annals types > plugins/annals.d.ts",
  async run(_invocation, { out }): Promise<number> {
    out(await typesText());
    return EXIT.ok;
  },
};

/** Returns the declarations. */
export async function typesText(): Promise<string> {
  const source = new URL(`../runtime/${FILE}`, import.meta.url);
  return await Deno.readTextFile(Deno.build.standalone ? new URL(FILE, Deno.mainModule) : source);
}
