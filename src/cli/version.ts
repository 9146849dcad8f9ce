/**
 * `annals version`.
 *
 * @module
 */
import { buildInfo, VERSION } from "../runtime/version.ts";
import { type Command, EXIT } from "./command.ts";

export const version: Command = {
  summary: "Says which version of Annals this is",
  usage: "",
  example: "annals version",
  async run(_invocation, { out }): Promise<number> {
    const build = await buildInfo();
    const origin = build === undefined ? "from source" : `commit ${build.commit}, built ${build.date}`;
    out(`annals ${VERSION} (${origin}, Deno ${Deno.version.deno})\n`);
    return EXIT.ok;
  },
};
