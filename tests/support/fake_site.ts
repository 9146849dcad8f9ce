/**
 * A place where an operator works, for the tests of commands.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { stringify } from "smol-toml";
import type { ArchiveStore } from "../../src/store/archive.ts";
import { openPostgresqlStore } from "../../src/store/postgresql/mod.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { conversationAt, JULIET, ROMEO } from "./store/messages.ts";
import { FakeSystem } from "./fake_system.ts";
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { readConfig } from "../../src/runtime/load_config.ts";
import { createLog } from "../../src/log/log.ts";
import type { LogEvent } from "../../src/log/log_event.ts";
import { startRuntime } from "../../src/runtime/runtime.ts";
import { run } from "../../src/cli/run.ts";

/** Properties of a site. */
export interface FakeSiteOptions {
  /** Number of messages of Romeo's to Juliet. */
  readonly messages?: number;
  /** The database that its archives are in; in a file, where there is none. */
  readonly url?: string;
}

/** A service that runs in this process, without a server. */
export interface FakeService extends AsyncDisposable {
  readonly events: readonly LogEvent[];
}

const NOWHERE = new Map([["component.port", "1"], ["archive_expires_after", "never"]]);

/** A folder with a configuration and, perhaps, archives. */
export class FakeSite implements AsyncDisposable {
  #url: string | undefined;

  private constructor(readonly folder: string) {}

  static async make({ messages = 0, url }: FakeSiteOptions = {}): Promise<FakeSite> {
    const site = new FakeSite(await Deno.makeTempDir({ prefix: "annals-cli-" }));
    await site.keepIn(url);
    if (messages > 0) await site.#fill(messages);
    return site;
  }

  /** Writes the configuration, with the archives in this database, or in a file. */
  async keepIn(url: string | undefined): Promise<void> {
    this.#url = url;
    const config = {
      hosts: ["montague.example", "capulet.example"],
      component: { domain: "archive.example", secret: "s" },
      storage: url === undefined ? {} : { archive2: "postgresql", postgresql: { url } },
    };
    await Deno.writeTextFile(this.file("config.toml"), stringify(config));
  }

  /** Path of the database, where the archives are in a file. */
  get path(): string {
    return this.file("data/archive2.sqlite");
  }

  /** Runs the service itself; nobody listens at a reserved port, where it looks for its server. */
  async serve(): Promise<FakeService> {
    const sources = { file: this.file("config.toml"), env: {}, flags: NOWHERE, plugins: BUILT_IN };
    const { config, plugins } = await readConfig(sources);
    const events: LogEvent[] = [];
    const hear = (event: LogEvent): void => void events.push(event);
    const runtime = await startRuntime(config, plugins, { log: createLog({ ...config.log, write: () => {}, hear }) });
    runtime.finished.catch(() => {});
    return { events, [Symbol.asyncDispose]: () => runtime.stop() };
  }

  /** Has the archives open, as a service has that cannot be asked for anything. */
  open(): Promise<ArchiveStore> {
    return this.#url === undefined ? openSqliteStore({ path: this.path }) : openPostgresqlStore({ url: this.#url });
  }

  file(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Runs a command, and expects it to end so. */
  annals(code: number, ...args: string[]): Promise<FakeSystem> {
    return this.answered([], code, ...args);
  }

  /** The same, with somebody at the terminal who answers. */
  async answered(answers: readonly string[], code: number, ...args: string[]): Promise<FakeSystem> {
    const system = new FakeSystem();
    system.answers.push(...answers);
    assertEquals(await this.run(system, ...args), code, system.errors.join("\n"));
    return system;
  }

  /** Runs a command on a system, and returns its exit code. */
  run(system: FakeSystem, ...args: string[]): Promise<number> {
    return run([...args, "--config", this.file("config.toml")], system);
  }

  /** A system where somebody watches, and sends SIGINT at the first sign of progress. */
  interrupted(): FakeSystem {
    const system = new FakeSystem();
    system.watched = true;
    system.error(/\r\d+ /).then(() => system.signal("SIGINT"));
    return system;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  async #fill(messages: number): Promise<void> {
    const stanza = '<message xmlns="jabber:client"><body>Ay me!</body></message>';
    await using store = await this.open();
    await store.append(Array.from({ length: messages }, (_, ms) => ({ ...conversationAt(ms), stanza })));
    await store.setPreferences(ROMEO, { default: "roster", always: [JULIET], never: [] });
  }
}
