/**
 * Annals itself, as a user runs it: a process with a configuration file.
 *
 * @module
 */
import { stringify, type TomlTable } from "smol-toml";
import { V8_FLAGS } from "../../src/runtime/v8_flags.ts";
import { Process } from "./process.ts";
import type { Site } from "./servers/site.ts";
import type { Usage } from "./usage.ts";

/** A line of the log in its JSON form. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Options of an Annals under test. */
export interface AnnalsOptions {
  /** Laid over what the site asks for, table by table. */
  readonly config?: TomlTable;
  readonly env?: Readonly<Record<string, string>>;
  /** Hosts, or all of them, in which a module of the server greets; the others grant what Annals needs. Default none. */
  readonly companion?: boolean | readonly string[];
}

/** Says what `[storage]` is for an Annals that is prepared; by default, nothing. */
let storageOfNext: () => Promise<TomlTable> = () => Promise.resolve({});

/** From here on, each Annals of this test file has archives of its own where `storage` says. */
export function keepArchivesIn(storage: () => Promise<TomlTable>): void {
  storageOfNext = storage;
}

/** Event to wait for, and how long. */
export interface EventOptions {
  /** Fields that it must have. */
  readonly where?: Readonly<Record<string, unknown>>;
  /** Index of the first line to look at. */
  readonly from?: number;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** A running Annals, with a folder of its own for its configuration and its archives. */
export class Annals implements AsyncDisposable {
  readonly #env: Readonly<Record<string, string>>;
  readonly #companion: boolean | readonly string[];
  readonly #storage: TomlTable;
  #process: Process | undefined;
  #disposed = false;

  private constructor(readonly folder: string, readonly site: Site, options: AnnalsOptions & { storage: TomlTable }) {
    this.#storage = options.storage;
    this.#env = options.env ?? {};
    this.#companion = options.companion ?? false;
  }

  /** Starts it and waits until the server has given it the archives of every host. */
  static async launch(site: Site, options: AnnalsOptions = {}): Promise<Annals> {
    const annals = await Annals.prepare(site, options);
    try {
      await annals.start();
      return annals;
    } catch (error) {
      await annals[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Writes its configuration, without starting it. */
  static async prepare(site: Site, options: AnnalsOptions = {}): Promise<Annals> {
    const storage = await storageOfNext();
    const annals = new Annals(await Deno.makeTempDir({ prefix: "annals-" }), site, { ...options, storage });
    await annals.configure(options.config);
    return annals;
  }

  /** The configuration file. */
  get config(): string {
    return `${this.folder}/config.toml`;
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** Lines printed since its last start. */
  get lines(): readonly string[] {
    return this.#running().lines;
  }

  /** Waits until it ends by itself. */
  end(): Promise<Deno.CommandStatus> {
    return this.#running().end();
  }

  usage(): Promise<Usage> {
    return this.#running().usage();
  }

  /** Writes the configuration again; what is running reads it at its next start, or at SIGHUP. */
  async configure(config: TomlTable = {}): Promise<void> {
    const { site } = this;
    const needed = {
      hosts: [...site.hosts],
      component: {
        domain: site.component,
        port: site.componentPort,
        secret: site.secret,
        // A test that restarts a server waits for this.
        reconnect: { initial: 1, max: 1 },
      },
      storage: this.#storage,
      log: { format: "json", level: "debug" },
    };
    await Deno.writeTextFile(this.config, stringify(merged(needed, config)));
  }

  /** Starts it without waiting for anything. */
  spawn(): void {
    if (this.#disposed) throw new Error("Cannot start Annals: it is disposed of");
    const executable = Deno.env.get("ANNALS_EXECUTABLE");
    const [command, ...args] = executable === undefined
      ? [Deno.execPath(), "run", "-A", `--v8-flags=${V8_FLAGS}`, new URL("../../main.ts", import.meta.url).pathname]
      : [executable];
    this.#process = new Process(command ?? "", {
      args: [...args, "serve", "--config", this.config],
      env: { ...this.#env },
    });
  }

  /** Starts it and waits until it is in service. */
  async start(): Promise<void> {
    this.spawn();
    await this.inService();
  }

  /** Waits until every host has greeted, or handed over what Annals needs; looks at the lines from index `from` on. */
  async inService(options: { from?: number } = {}): Promise<void> {
    const companion = this.#companion;
    for (const host of this.site.hosts) {
      const greets = companion === true || companion !== false && companion.includes(host);
      const events = greets ? ["companion-greeted"] : ["delegation-granted", "privilege-granted"];
      for (const event of events) await this.event(event, { ...options, where: { host } });
    }
  }

  /** The first event of this name, with these fields, among the lines from index `from` on. */
  async event(name: string, options: EventOptions = {}): Promise<LogLine> {
    const { where = {}, ...rest } = options;
    const wanted = Object.entries({ event: name, ...where });
    const line = await this.#running().line((text) => {
      const found = parse(text);
      return found !== undefined && wanted.every(([field, value]) => found[field] === value);
    }, rest);
    return JSON.parse(line);
  }

  /** Warnings and errors since its last start. */
  get errors(): readonly string[] {
    return this.lines.filter((line) => parse(line)?.level === "error");
  }

  signal(signal: Deno.Signal): void {
    this.#running().signal(signal);
  }

  /** Asks it to end (SIGTERM), insists (SIGKILL) after `patience` milliseconds, and tells how it ended. */
  stop(patience?: number): Promise<Deno.CommandStatus> {
    return this.#running().stop(patience);
  }

  /** Ends it at once (SIGKILL). */
  kill(): Promise<void> {
    return this.#running().kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#process?.stop();
    await Deno.remove(this.folder, { recursive: true });
  }

  #running(): Process {
    if (this.#process === undefined) throw new Error("Annals was never started");
    return this.#process;
  }
}

function parse(line: string): LogLine | undefined {
  return line.startsWith("{") ? JSON.parse(line) : undefined;
}

/** `over` laid upon `base`, table by table. */
function merged(base: TomlTable, over: TomlTable): TomlTable {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isTable(below) && isTable(value) ? merged(below, value) : value;
  }
  return result;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
