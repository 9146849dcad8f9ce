/**
 * `annals version`.
 *
 * @module
 */
import { type Build, buildInfo, VERSION } from "../lib/version.ts";
import { type Command, EXIT } from "./command.ts";
import { SWITCH } from "./flag.ts";

export const version: Command = {
  summary: "Says which version of Annals this is, and what it was made from",
  flags: { json: SWITCH },
  example: "annals version --json",
  async run({ switches }, { out }): Promise<number> {
    const build = await buildInfo();
    const deno = Deno.version.deno;
    out(switches.has("json") ? `${JSON.stringify({ version: VERSION, ...build, deno })}\n` : sentence(build, deno));
    return EXIT.ok;
  },
};

function sentence({ commit, date }: Build, deno: string): string {
  const origin = [
    commit === undefined ? "commit unknown" : `commit ${commit}`,
    date === undefined ? "from source" : `built ${date}`,
  ];
  return `annals ${VERSION} (${origin.join(", ")}, Deno ${deno})\n`;
}
