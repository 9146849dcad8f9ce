/**
 * Runs PostgreSQL, from Debian's package, in a folder and on a port of its own.
 *
 * @module
 */
import type { TomlTable } from "smol-toml";
import { freePorts } from "../ports.ts";
import { cpuWithEnded, usage } from "../usage.ts";
import { retry } from "./answers.ts";
import { asServer, childrenOf, hasEnded, program, run } from "./postgresql_tools.ts";

/** Options of a server. */
export interface PostgresqlOptions {
  /** True to wait for the disk, which only a crash of the machine needs. Default false. */
  readonly durable?: boolean;
  /** True to speak TLS, as 127.0.0.1 and localhost, with the file `certificate` in its folder. */
  readonly tls?: boolean;
  /** Parameters of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The superuser, and the password that a connection over TCP needs; who comes by the socket needs none. */
const USER = "annals";
const PASSWORD = "pw";

/** Settings of a server that has nothing to lose. */
const CARELESS = { fsync: "off", full_page_writes: "off" };

/** Makes a key, and a certificate that vouches for itself, though it is no authority's: Deno 2.6 takes none of those. */
const CERTIFY = [
  ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2", "-subj", "/CN=localhost"],
  ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ...["-addext", "basicConstraints=CA:FALSE", "-keyout", "key", "-out", "certificate"],
];

/** A server that can be stopped or killed and started again; what it keeps on disk stays until it is disposed of. */
export class PostgresqlServer implements AsyncDisposable, Disposable {
  readonly port: number;
  readonly #options: PostgresqlOptions;
  #process: Deno.ChildProcess | undefined;
  #databases = 0;

  private constructor(readonly folder: string, options: PostgresqlOptions) {
    [this.port = 0] = freePorts(1);
    this.#options = options;
  }

  /** Starts a server that has no databases but PostgreSQL's own. */
  static async launch(options: PostgresqlOptions = {}): Promise<PostgresqlServer> {
    return await PostgresqlServer.#launch(options, async ({ folder }) => {
      await Deno.writeTextFile(`${folder}/password`, PASSWORD);
      const access = ["--auth-local=trust", "--auth-host=scram-sha-256", `--pwfile=${folder}/password`];
      const locale = ["--encoding=UTF8", "--no-locale"];
      const pace = ["--no-sync", "--no-instructions"];
      if (options.tls) await run(CERTIFY, folder);
      await run([program("initdb"), "-D", "data", "-U", USER, ...access, ...locale, ...pace], folder);
    });
  }

  static async #launch(
    options: PostgresqlOptions,
    fill: (server: PostgresqlServer) => Promise<void>,
  ): Promise<PostgresqlServer> {
    const folder = await run(["mktemp", "--directory", "--tmpdir", "annals-postgresql-XXXXXXXX"], "/");
    const server = new PostgresqlServer(folder, options);
    try {
      await fill(server);
      await server.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns the URL of a database, over TCP and with a password. */
  url(database = "postgres"): string {
    return `postgresql://${USER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty database, and returns its name. */
  async createDatabase(): Promise<string> {
    const name = `test${++this.#databases}`;
    await this.query("postgres", `CREATE DATABASE ${name}`);
    return name;
  }

  /** Returns the output of `psql` for a statement: a line a row, `|` between columns. */
  async query(database: string, statement: string): Promise<string> {
    const where = ["-h", this.folder, "-p", String(this.port), "-U", USER, "-d", database];
    return await run([program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", ...where, "-c", statement], this.folder);
  }

  /** Starts it, and waits until it takes connections. */
  async start(): Promise<void> {
    const child = this.#spawn();
    this.#process = child;
    const over = new AbortController();
    const ended = child.status.then(async () => {
      this.#process = undefined;
      throw new Error(`Cannot start PostgreSQL: it ended at once. It said:\n${await this.log()}`);
    });
    try {
      await Promise.race([retry(() => this.#answers(child.pid), over.signal), ended]);
    } finally {
      over.abort();
      ended.catch(() => {});
    }
  }

  /** Ends connections and transactions, then itself, in good order ("fast shutdown"). */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    child?.kill("SIGINT");
    await child?.status;
  }

  /** Ends all its processes at once, as a crash of the machine would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    // It must start no other while they are ended.
    child.kill("SIGSTOP");
    const all = [child.pid, ...await childrenOf(child.pid)];
    for (const pid of all) Deno.kill(pid, "SIGKILL");
    await child.status;
    // Started again, it refuses to be beside any of them.
    for (const pid of all) await gone(pid);
  }

  /** Starts a second server that follows this one, and answers questions. */
  async replica(): Promise<PostgresqlServer> {
    return await PostgresqlServer.#launch(this.#options, async ({ folder }) => {
      const backup = ["-d", this.url(), "-D", "data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"];
      await run([program("pg_basebackup"), ...backup], folder);
    });
  }

  /** Makes a replica a server of its own. */
  async promote(): Promise<void> {
    await run([program("pg_ctl"), "-D", "data", "--wait", "--silent", "promote"], this.folder);
  }

  /** Waits until a replica has all that the other server had written when it said `pg_current_wal_lsn()`. */
  async reaches(position: string): Promise<void> {
    await retry(async () => {
      const reached = await this.query("postgres", `SELECT pg_last_wal_replay_lsn() >= '${position}'`);
      if (reached !== "t") throw new Error(`The replica has not come to ${position} yet`);
    }, new AbortController().signal);
  }

  /** Seconds of CPU that all its processes have used since it was started. */
  async cpu(): Promise<number> {
    const { pid = 0 } = this.#process ?? {};
    const children = (await childrenOf(pid)).map((child) => usage(child).then(({ cpu }) => cpu, () => 0));
    return (await Promise.all(children)).reduce((sum, cpu) => sum + cpu, await cpuWithEnded(pid));
  }

  /** Returns the server's log. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.folder}/log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    const segment = sharedMemory(await Deno.readTextFile(this.#pidFile).catch(() => ""));
    if (segment !== undefined) await run(["ipcrm", "--shmem-id", segment], "/");
    await Deno.remove(this.folder, { recursive: true });
  }

  /** The same where nobody can wait. */
  [Symbol.dispose](): void {
    const [command = "", ...args] = asServer([program("pg_ctl"), "-D", "data", "-m", "immediate", "stop"]);
    if (this.#process !== undefined) new Deno.Command(command, { args, cwd: this.folder, stdin: "null" }).outputSync();
    this.#process = undefined;
    Deno.removeSync(this.folder, { recursive: true });
  }

  get #pidFile(): string {
    return `${this.folder}/data/postmaster.pid`;
  }

  /** Should this program end without a word, so does the server ("immediate shutdown"). */
  #spawn(): Deno.ChildProcess {
    const { durable = false, tls = false, settings = {} } = this.#options;
    const parameters = {
      listen_addresses: "127.0.0.1",
      port: String(this.port),
      unix_socket_directories: this.folder,
      // What it has in /dev/shm would be left there by a server that is killed.
      dynamic_shared_memory_type: "mmap",
      ...durable ? {} : CARELESS,
      ...tls && { ssl: "on", ssl_cert_file: "../certificate", ssl_key_file: "../key" },
      ...settings,
    };
    const flags = Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = ["setpriv", "--pdeathsig=QUIT", program("postgres"), "-D", "data", ...flags];
    const [command = "", ...args] = asServer(["sh", "-c", 'exec "$0" "$@" >>log 2>&1', ...server]);
    return new Deno.Command(command, { args, cwd: this.folder, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  }

  /** The file is as of `miscadmin.h`, "LOCK_FILE_LINE_*": the first line says whose it is, the eighth how far that is. */
  async #answers(pid: number): Promise<void> {
    const lines = (await Deno.readTextFile(this.#pidFile)).split("\n");
    if (lines[0] !== String(pid) || lines[7]?.trim() !== "ready") throw new Error("The server is not ready");
  }
}

/** The server that all tests of a file share, each in a database of its own; it goes with the file. */
export async function sharedPostgresql(): Promise<PostgresqlServer> {
  const server = await PostgresqlServer.launch();
  globalThis.addEventListener("unload", () => server[Symbol.dispose]());
  return server;
}

/** Starts the server that all tests of a file share; each call of what is returned says `[storage]` for an empty database. */
export async function inPostgresql(): Promise<() => Promise<TomlTable>> {
  const server = await sharedPostgresql();
  return async () => ({ archive2: "postgresql", postgresql: { url: server.url(await server.createDatabase()) } });
}

async function gone(pid: number): Promise<void> {
  await retry(async () => {
    if (!await hasEnded(pid)) throw new Error(`The process ${pid} is still there`);
  }, new AbortController().signal);
}

/** Returns the id of the shared memory that a killed server leaves: the last word of the seventh line of its file. */
function sharedMemory(pidFile: string): string | undefined {
  return pidFile.split("\n")[6]?.trim().split(/\s+/).at(-1);
}
