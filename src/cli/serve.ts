/**
 * `annals serve`: runs until a signal ends it (SIGTERM, SIGINT), and reads its configuration again at SIGHUP.
 *
 * @module
 */
import { BUILT_IN } from "../plugins/mod.ts";
import { readConfig } from "../runtime/load_config.ts";
import { problemLine } from "../config/problem.ts";
import { createLog, type Log } from "../log/log.ts";
import { type Runtime, startRuntime } from "../runtime/runtime.ts";
import { VERSION } from "../lib/version.ts";
import type { Invocation } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { reloader } from "./reload.ts";
import { ServiceManager } from "./service_manager.ts";
import { StopTime } from "./stop_time.ts";
import type { System } from "./system.ts";

export const serve: Command = {
  summary: "Connects to the XMPP server and keeps its users' archives, until a signal ends it",
  example: "annals serve --config /etc/annals/config.toml --log.level debug",
  options: "[--config FILE] [--OPTION VALUE …]",
  run: (invocation, system) => serveWith(startRuntime, invocation, system),
};

/** Milliseconds that a stop may take. */
const GRACE = 4_500;

/** Serves with a runtime that `start` starts. Throws `ConfigError` when the configuration is wrong at the start. */
export async function serveWith(
  start: typeof startRuntime,
  { file, flags }: Pick<Invocation, "file" | "flags">,
  system: System,
  { grace = GRACE }: { grace?: number } = {},
): Promise<number> {
  const sources = { file, env: system.env, flags, plugins: BUILT_IN };
  const { config, plugins, warnings } = await readConfig(sources);
  const log = createLog({
    ...config.log,
    write: (line) => system.err(`${line}\n`),
    hear: (event) => manager.hear(event),
  });
  await using manager = new ServiceManager(
    system.env,
    (error) => log.warn("manager-not-told", "Cannot tell the service manager", { error }),
  );
  log.info("starting", "Annals starts", { version: VERSION, config: file });
  for (const warning of warnings) log.warn("config-warning", problemLine(warning));

  using listeners = new DisposableStack();
  const [asked, insisted] = stopSignals(system, listeners);
  const givenUp = new AbortController();
  asked.then(() => givenUp.abort());
  using time = new StopTime({ grace, tell: (assignment) => manager.tell(assignment), log });
  const starting = start(config, plugins, { log, signal: givenUp.signal, saving: time.saving });
  // The stores are open, or waited for, which STATUS says. A server that is down is no failed start either.
  starting.then(() => manager.tell("READY=1"), () => {});
  listeners.defer(system.onSignal("SIGHUP", reloader({ sources, config, starting, log })));
  const code = await ended(starting, { log, asked });
  await manager.tell("STOPPING=1");
  const stopCode = await stopped(starting, { log, time, insisted });
  return stopCode === EXIT.ok ? code : stopCode;
}

/** The first and the second request to end. */
function stopSignals(system: System, listeners: DisposableStack): readonly [Promise<void>, Promise<void>] {
  const asked = Promise.withResolvers<void>();
  const insisted = Promise.withResolvers<void>();
  const waiting = [asked, insisted];
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    listeners.defer(system.onSignal(signal, () => waiting.shift()?.resolve()));
  }
  return [asked.promise, insisted.promise];
}

/** Waits until there is a reason to stop. Returns the exit code. */
async function ended(
  starting: Promise<Runtime>,
  { log, asked }: { log: Log; asked: Promise<void> },
): Promise<number> {
  try {
    await Promise.race([asked, starting.then(({ finished }) => finished)]);
    log.info("stopping", "Stopping");
    return EXIT.ok;
  } catch (error) {
    log.error("fatal", "Cannot go on", { error });
    return EXIT.failure;
  }
}

/** Stops what was started, unless that takes too long or somebody will not wait. Returns the exit code. */
async function stopped(
  starting: Promise<Runtime>,
  { log, time, insisted }: { log: Log; time: StopTime; insisted: Promise<void> },
): Promise<number> {
  time.begin();
  const late = time.over.then(() => EXIT.failure);
  const cutOff = insisted.then(() => {
    if (time.loss !== "") log.error("stop-cut-off", `Ends at once, as it was told to${time.loss}`);
    return EXIT.interrupted;
  });
  return await Promise.race([stop(starting, log), cutOff, late]);
}

async function stop(starting: Promise<Runtime>, log: Log): Promise<number> {
  const runtime = await starting.catch(() => undefined);
  try {
    await runtime?.stop();
    return EXIT.ok;
  } catch (error) {
    log.error("stop-failed", "Cannot stop cleanly", { error });
    return EXIT.failure;
  }
}
