/**
 * `annals setup`: the server's side of a configuration, ready to be pasted.
 *
 * @module
 */
import { likely } from "../../config/likely.ts";
import { EXIT } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { configuredCommand } from "../configured.ts";
import { SWITCH } from "../flag.ts";
import { ejabberd } from "./ejabberd.ts";
import { prosody } from "./prosody.ts";
import type { ServerSide, SetupOptions } from "./server_side.ts";

/** Says what to do on a server's side. */
type Setup = (side: ServerSide, options: SetupOptions) => string;

const SETUPS: ReadonlyMap<string, Setup> = new Map([["prosody", prosody], ["ejabberd", ejabberd]]);

export const setup = configuredCommand({
  summary: "Prints the XMPP server's side of this configuration, its secret included, ready to be pasted",
  word: [...SETUPS.keys()].join("|"),
  example: "annals setup prosody",
  flags: { standard: SWITCH },
  checkWord: setupNamed,
  run({ config: { hosts, rooms, component }, own: { standard }, word }, system): number {
    const print = setupNamed(word);
    const { domain, secret, host, port } = component;
    system.out(print({ hosts, rooms, component: domain, secret, host, port }, { standard }));
    return EXIT.ok;
  },
});

function setupNamed(server: string): Setup {
  const found = SETUPS.get(server);
  if (found !== undefined) return found;
  const meant = likely(server, SETUPS.keys());
  const hint = meant === undefined ? `expected ${[...SETUPS.keys()].join(" or ")}` : `did you mean ${meant}?`;
  throw new UsageError(`There is no setup for "${server}"; ${hint}`);
}
