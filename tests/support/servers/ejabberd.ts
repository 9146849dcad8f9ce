/**
 * Runs ejabberd.
 *
 * @module
 */
import { freePorts } from "../ports.ts";
import { ejabberdConfig, type EjabberdExtras } from "./ejabberd_config.ts";
import { PASSWORD, Server, started } from "./server.ts";
import { type ServerOptions, settle } from "./site.ts";

type Options = ServerOptions & EjabberdExtras;

/** Starts ejabberd in a fresh folder and on free ports. */
export async function startEjabberd(options: Options = {}): Promise<Server> {
  return await started(await prepareEjabberd(options));
}

/**
 * The same, without starting it.
 *
 * It is run by `erl` itself, not by `ejabberdctl`: without a node name there is no distribution and no port mapper to
 * share, so that any user can run any number of them, and the process started is the one to end.
 */
export async function prepareEjabberd(options: Options = {}): Promise<Server> {
  const { modules = {}, options: more = {}, ...common } = options;
  const [clientPort = 0, componentPort = 0, apiPort = 0] = freePorts(3);
  const folder = await Deno.makeTempDir({ prefix: "annals-ejabberd-" });
  const site = settle(common, { folder, clientPort, componentPort });
  const config = `${folder}/ejabberd.yml`;
  await Deno.writeTextFile(config, ejabberdConfig(site, apiPort, { modules, options: more }));
  return new Server(site, {
    name: "ejabberd",
    command: "erl",
    options: {
      args: ["+K", "true", "+P", "250000", "-noinput", "-mnesia", "dir", `"${folder}/spool"`, "-s", "ejabberd"],
      cwd: folder,
      env: {
        HOME: folder,
        EJABBERD_CONFIG_PATH: config,
        EJABBERD_LOG_PATH: `${folder}/ejabberd.log`,
        ERL_CRASH_DUMP: `${folder}/crash.dump`,
        ERL_LIBS: await libraries(),
      },
    },
    register: (user, host) => register(apiPort, user, host),
  });
}

/** The folder with Erlang's applications: Debian names it by architecture. */
async function libraries(): Promise<string> {
  for await (const { name } of Deno.readDir("/usr/lib")) {
    const folder = `/usr/lib/${name}`;
    if (name.endsWith("-linux-gnu") && await holdsEjabberd(folder)) return folder;
  }
  throw new Error("Cannot find ejabberd's modules: expected a folder /usr/lib/*-linux-gnu/ejabberd-*");
}

async function holdsEjabberd(folder: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith("ejabberd-")) return true;
  }
  return false;
}

async function register(apiPort: number, user: string, host: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${apiPort}/api/register`, {
    method: "POST",
    body: JSON.stringify({ user, host, password: PASSWORD }),
  });
  const said = await response.text();
  if (!response.ok) throw new Error(`Cannot register ${user}@${host} with ejabberd: ${said}`);
}
