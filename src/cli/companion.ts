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
  /** Folder of its parts in the source. */
  readonly folder: string;
  /** Names of the parts, in their order: each uses what those before it declare. */
  readonly parts: readonly string[];
  readonly about: string;
}

const COMPANIONS = new Map<string, Companion>([
  ["prosody", {
    file: "mod_annals.lua",
    folder: "scripts/prosody/mod_annals",
    parts: [
      "options.lua",
      "policy.lua",
      "stamping.lua",
      "entries.lua",
      "queue.lua",
      "spool.lua",
      "erasing.lua",
      "link.lua",
      "pages.lua",
      "accounts.lua",
      "room_life.lua",
      "room_stamping.lua",
      "room_requests.lua",
      "room_history.lua",
      "room_moderation.lua",
      "start_and_stop.lua",
    ],
    about: "for Prosody 0.12 and later",
  }],
]);

export const companion: Command = {
  summary: "Prints the module that goes into the XMPP server; without a name, says which there are",
  word: "[SERVER]",
  example: "annals companion prosody > /etc/prosody/modules/mod_annals.lua",
  options: "",
  async run({ words: [, server] }, { out }): Promise<number> {
    out(server === undefined ? overview() : await companionText(server));
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

/** Returns the module for a server as one file. Throws `UsageError` for a server that has none. */
export async function companionText(server: string): Promise<string> {
  const { file, folder, parts } = companionNamed(server);
  // In an executable, the joined file lies beside the main module.
  if (Deno.build.standalone) return await Deno.readTextFile(new URL(file, Deno.mainModule));
  const source = new URL(`../../${folder}/`, import.meta.url);
  return (await Promise.all(parts.map((part) => Deno.readTextFile(new URL(part, source))))).join("");
}
