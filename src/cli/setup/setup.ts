/**
 * `annals setup`: the server's side of a configuration, ready to be pasted.
 *
 * @module
 */
import { likely } from "../../config/likely.ts";
import { type Command, EXIT } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { configured } from "../configured.ts";
import { ejabberd } from "./ejabberd.ts";
import { prosody } from "./prosody.ts";
import type { ServerSide, SetupOptions } from "./server_side.ts";

/** Says what to do on a server's side. */
type Setup = (side: ServerSide, options: SetupOptions) => string;

const SETUPS: ReadonlyMap<string, Setup> = new Map([["prosody", prosody], ["ejabberd", ejabberd]]);

export const setup: Command = {
  summary: "Prints the XMPP server's side of this configuration, its secret included, ready to be pasted",
  usage: `${[...SETUPS.keys()].join("|")} [--standard] [--config FILE]`,
  example: "annals setup prosody",
  takes: "options and a path",
  switches: ["standard"],
  async run(invocation, system): Promise<number> {
    const { words: [, server = ""], switches } = invocation;
    const print = setupNamed(server);
    const { config: { hosts, component } } = await configured(invocation, system);
    const { domain, secret, host, port } = component;
    system.out(print({ hosts, component: domain, secret, host, port }, { standard: switches.has("standard") }));
    return EXIT.ok;
  },
};

function setupNamed(server: string): Setup {
  const found = SETUPS.get(server);
  if (found !== undefined) return found;
  const meant = likely(server, SETUPS.keys());
  const hint = meant === undefined ? `expected ${[...SETUPS.keys()].join(" or ")}` : `did you mean ${meant}?`;
  throw new UsageError(`There is no setup for "${server}"; ${hint}`);
}
