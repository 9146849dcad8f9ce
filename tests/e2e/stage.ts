/**
 * The stage of the end-to-end tests: a real server, Annals as its archive, and whoever logs in.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { TomlTable } from "smol-toml";
import { Annals } from "../support/annals.ts";
import { Client, type LoginOptions } from "../support/client.ts";
import { startEjabberd } from "../support/servers/ejabberd.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import type { ServerOptions } from "../support/servers/site.ts";
import { canBeHad } from "../support/servers/available.ts";

const STARTERS = { Prosody: startProsody, ejabberd: startEjabberd };
export type Make = keyof typeof STARTERS;

/** Options of a test. */
export interface Scenery {
  readonly server?: ServerOptions;
  readonly config?: TomlTable;
  /** True when Annals has reason to log errors; else one fails the test. */
  readonly trouble?: true;
}

/** Everything that one test has to itself. */
export class Stage implements AsyncDisposable {
  readonly #clients = new AsyncDisposableStack();

  private constructor(readonly server: Server, readonly annals: Annals) {}

  static async set(make: Make, scenery: Scenery = {}): Promise<Stage> {
    const server = await STARTERS[make](scenery.server);
    try {
      return new Stage(server, await Annals.launch(server.site, { config: scenery.config ?? {} }));
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Logs in; the session ends with the test. */
  async enter(user: string, options?: LoginOptions): Promise<Client> {
    return this.#clients.use(await Client.login(this.server, user, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clients.disposeAsync();
    await this.annals[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Declares a test for each server. */
export function onEachServer(
  name: string,
  play: (stage: Stage, t: Deno.TestContext) => Promise<void>,
  scenery: Scenery = {},
): void {
  for (const make of MAKES) {
    Deno.test({
      name: `${make}: ${name}`,
      ignore: !AVAILABLE.has(make),
      async fn(t): Promise<void> {
        await using stage = await Stage.set(make, scenery);
        await play(stage, t);
        if (!scenery.trouble) assertEquals(stage.annals.errors, []);
      },
    });
  }
}

const MAKES = Object.keys(STARTERS) as Make[];
/** The servers that can be had. */
export const AVAILABLE = new Set<Make>();
for (const make of MAKES) {
  if (await canBeHad(make)) AVAILABLE.add(make);
}
