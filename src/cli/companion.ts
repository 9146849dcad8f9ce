/**
 * `annals companion`: the modules that go into servers.
 *
 * @module
 */
import { likely } from "../config/likely.ts";
import { type Command, EXIT } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/** A module that a server loads. */
interface Companion {
  /** Name of the file on the server. */
  readonly file: string;
  readonly folder: string;
  readonly about: string;
}

const COMPANIONS = new Map<string, Companion>([
  ["prosody", { file: "mod_annals.lua", folder: "scripts/prosody", about: "for Prosody 0.12 and later" }],
]);

export const companion: Command = {
  summary: "Prints the module that goes into the XMPP server; without a name, says which there are",
  usage: "[SERVER]",
  example: "annals companion prosody > /etc/prosody/modules/mod_annals.lua",
  takes: "a topic",
  async run({ words: [, server] }, { out }): Promise<number> {
    out(server === undefined ? overview() : await textOf(companionNamed(server)));
    return EXIT.ok;
  },
};

function overview(): string {
  const list = [...COMPANIONS].map(([server, { file, about }]) => (
    `  annals companion ${server} > ${file}   # ${about}`
  ));
  return `\
A module inside the server stamps archive ids on live messages, keeps messages while Annals is away, and says which
accounts are gone. What the two say to each other is scripts/prosody/PROTOCOL.md of the source.

${list.join("\n")}

Put the file into the server's folder of modules. docs/prosody.md says how to enable it.
`;
}

function companionNamed(server: string): Companion {
  const found = COMPANIONS.get(server);
  if (found !== undefined) return found;
  const meant = likely(server, COMPANIONS.keys());
  const hint = meant === undefined ? `expected ${[...COMPANIONS.keys()].join(", ")}` : `did you mean ${meant}?`;
  throw new UsageError(`There is no module for "${server}"; ${hint}`);
}

/** In an executable, the file lies beside the main module. */
function textOf({ file, folder }: Companion): Promise<string> {
  return Deno.readTextFile(
    Deno.build.standalone ? new URL(file, Deno.mainModule) : new URL(`../../${folder}/${file}`, import.meta.url),
  );
}
