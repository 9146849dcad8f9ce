/**
 * The stage of the tests of `mod_annals`: Prosody with the module, and a component that a test plays itself.
 *
 * @module
 */
import { Client, type LoginOptions } from "../support/client.ts";
import { ScriptedComponent, type Welcome } from "../support/scripted_component.ts";
import { startProsody } from "../support/servers/prosody.ts";
import type { Server } from "../support/servers/server.ts";
import type { ServerOptions } from "../support/servers/site.ts";
import type { Element } from "../../src/xml/element.ts";
import { AVAILABLE } from "./stage.ts";

/** Options of a test. */
export interface ModuleScenery extends ServerOptions {
  /** Lua, for the global section of the configuration. */
  readonly lua?: string;
  /** Seconds that a query waits for the component; default 0. */
  readonly hold?: number;
  /** Least level of what the server logs; default `info`. */
  readonly log?: "debug" | "info";
}

/** Everything that one test has to itself. */
export class ModuleStage implements AsyncDisposable {
  readonly #guests = new AsyncDisposableStack();

  constructor(readonly server: Server) {}

  /** Logs in; the session ends with the test. */
  async enter(user: string, options?: LoginOptions): Promise<Client> {
    return this.#guests.use(await Client.login(this.server, user, options));
  }

  /** Connects as the component; the first greeting comes next. */
  async connect(): Promise<ScriptedComponent> {
    return this.#guests.use(await ScriptedComponent.connect(this.server.site));
  }

  /** Connects as the component and welcomes the module. */
  async welcome(welcome?: Welcome): Promise<ScriptedComponent> {
    const component = await this.connect();
    await component.welcome(welcome);
    return component;
  }

  /** Connects, welcomes the module, and has it know that nobody has preferences of his own. */
  async welcomeAll(users: readonly string[], welcome?: Welcome): Promise<ScriptedComponent> {
    const component = await this.welcome(welcome);
    for (const user of users) await component.tell(`<preferences xmlns='annals:companion' user='${user}'/>`);
    return component;
  }

  /** Waits until the module has brought what waits to the server's storage, which is logged at the level `debug`. */
  async stored(): Promise<void> {
    await this.server.line((line) => line.includes("Stored what waits for Annals"));
  }

  /** The keys under which the module has something in the server's storage of files. */
  async storedKeys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { name } of Deno.readDir(`${this.server.site.folder}/data/example%2etest/annals`)) {
      keys.push(decodeURIComponent(name.replace(/\.dat$/, "")));
    }
    return keys;
  }

  /** Counts the lines of the server's log that contain a text. */
  logged(text: string): number {
    return this.server.lines.filter((line) => line.includes(text)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guests.disposeAsync();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Declares a test of the module. */
export function onModule(
  name: string,
  play: (stage: ModuleStage) => Promise<void>,
  { lua = "", hold = 0, log = "info", ...options }: ModuleScenery = {},
): void {
  Deno.test({
    name: `mod_annals: ${name}`,
    ignore: !AVAILABLE.has("Prosody"),
    async fn(): Promise<void> {
      await using stage = new ModuleStage(
        await startProsody({
          ...options,
          companion: true,
          lua: `log = { ${log} = "*console" }\nannals_hold = ${hold}\n${lua}`,
        }),
      );
      await play(stage);
    },
  });
}

/** The ids that a message carries, by who gave them: XEP-0359. */
export function stanzaIds(message: Element): Record<string, string | undefined> {
  const ids = message.getChildren("stanza-id", "urn:xmpp:sid:0");
  return Object.fromEntries(ids.map(({ attrs }) => [attrs.by, attrs.id]));
}

/** A message of type `chat`. */
export function chat(to: string, body: string, more = ""): string {
  return `<message to='${to}' type='chat'><body>${body}</body>${more}</message>`;
}
