/**
 * Shows Annals at work: a real server, real clients, a conversation, and the archive of it.
 *
 * `deno task demo` ends everything it started; with `--keep` it leaves it running until Ctrl-C.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { Annals } from "../../tests/support/annals.ts";
import { install } from "../../tests/support/servers/install.ts";
import { prepareProsody } from "../../tests/support/servers/prosody.ts";
import { PASSWORD, type Server } from "../../tests/support/servers/server.ts";
import { converse, linesOf, readBack, sayMore } from "./play.ts";
import { meet, readRoom, ROOMS, ROOMS_LUA } from "./room.ts";
import { Screen, StepFailed } from "./screen.ts";

const USAGE = `Usage: deno task demo [--keep]

  --keep   leave the server and Annals running, to log in with a client of one's own
`;

/** Exit code that a shell reports of a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

const ECHO_MILLISECONDS = 200;

/** Runs the demo; returns the exit code. */
async function demo(keep: boolean): Promise<number> {
  const screen = new Screen();
  await using running = new AsyncDisposableStack();
  const interrupted = interruption(running);
  const server = running.use(
    await prepareProsody({ companion: true, lua: `log = { info = "*console" }\n${ROOMS_LUA}` }),
  );
  const annals = running.use(await Annals.prepare(server.site, { companion: true, config: { rooms: [ROOMS] } }));
  try {
    const performed = perform(screen, server, annals).then(() => true);
    if (!await Promise.race([performed, interrupted])) return await abandon(screen, running);
    if (keep) {
      invite(server, screen);
      await interrupted;
    }
    await screen.step("Everything that was started is ended", () => running.disposeAsync());
    return 0;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    // Ctrl-C reaches the server too, and that it has ended may be noticed first.
    if (await Promise.race([interrupted.then(() => true), delay(ECHO_MILLISECONDS)])) {
      return await abandon(screen, running);
    }
    screen.failure(error);
    return 1;
  }
}

async function abandon(screen: Screen, running: AsyncDisposableStack): Promise<number> {
  await running.disposeAsync();
  screen.title("Interrupted; everything that was started is ended");
  return INTERRUPTED;
}

async function perform(screen: Screen, server: Server, annals: Annals): Promise<void> {
  screen.title("Annals keeps the archive of a chat server, outside of it");
  await screen.step("Prosody and its modules are installed", () => install("Prosody", (line) => screen.tell(line)));
  await screen.step("Prosody starts with Annals' module, in a folder of its own", async () => {
    await server.start();
    screen.tell(`clients: 127.0.0.1:${server.site.clientPort}   components: 127.0.0.1:${server.site.componentPort}`);
  });
  await screen.step("Annals connects, and is given the archives", async () => {
    await connect(server, annals);
    screen.tell(`as ${server.site.component}, process ${annals.pid}, configuration ${annals.config}`);
  });
  const live = await screen.step("Alice and Bob talk", () => converse(server, screen));
  await screen.step("Another session of Alice reads the archive, under the same ids", async () => {
    requireIds(await read(server, "alice", screen), live.alice);
  });
  await screen.step("Carol comes home and reads hers", () => read(server, "carol", screen));
  const said = await screen.step("Alice and Bob meet in a room", () => meet(server, screen));
  await screen.step("Carol reads the room's archive, under nicknames; Alice, its owner, sees who it was", async () => {
    for (const user of ["carol", "alice"]) requireIds(await readRoom(server, user, screen), said);
  });
  const later = await screen.step("Annals is stopped, and Alice goes on talking", async () => {
    await annals.stop();
    return await sayMore(server, screen);
  });
  await screen.step("Annals is back, and nothing is missing", async () => {
    await connect(server, annals);
    screen.tell(`process ${annals.pid}`);
    requireIds(await read(server, "bob", screen, { more: 1 }), [...live.bob, later ?? "none"]);
  });
}

/** Throws unless all that was received live is in the archive under the ids that it carried. */
function requireIds(archived: readonly string[], live: readonly string[]): void {
  const others = live.filter((id) => !archived.includes(id));
  if (others.length > 0) throw new Error(`The archive has other ids than those of live messages: ${others.join(", ")}`);
}

/** Starts Annals, and waits until the module has handed over what waits. */
async function connect(server: Server, annals: Annals): Promise<void> {
  const from = server.lines.length;
  await annals.start();
  for (const host of [server.host, ROOMS]) {
    await server.line((line) => line.includes(host) && line.includes("Annals keeps the archives"), from);
  }
}

async function read(server: Server, user: string, screen: Screen, { more = 0 } = {}): Promise<string[]> {
  const ids = await readBack(server, user, screen);
  const expected = linesOf(user) + more;
  if (ids.length !== expected) throw new Error(`The archive of ${user} holds ${ids.length} messages, not ${expected}`);
  return ids;
}

function invite({ host, site }: Server, screen: Screen): void {
  screen.title("Log in with a client of your own; Ctrl-C ends it all");
  screen.table([["address", "password"], ...site.accounts.map((account) => [`${account}@${host}`, PASSWORD])]);
  screen.tell(`Server 127.0.0.1, port ${site.clientPort}, without TLS. With profanity, for example:`);
  const [account = ""] = site.accounts;
  screen.tell(`/connect ${account}@${host} server 127.0.0.1 port ${site.clientPort} tls disable`);
}

/** Resolves at Ctrl-C, or when the demo is asked to end. */
function interruption(running: AsyncDisposableStack): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const listener = (): void => resolve();
    Deno.addSignalListener(signal, listener);
    running.defer(() => Deno.removeSignalListener(signal, listener));
  }
  return promise;
}

const unknown: string[] = [];
const { keep, help } = parseArgs(Deno.args, {
  boolean: ["keep", "help"],
  unknown: (argument: string) => {
    unknown.push(argument);
  },
});
if (help || unknown.length > 0) {
  const complaint = unknown.map((argument) => `Unknown argument: ${argument}\n`).join("");
  await (help ? Deno.stdout : Deno.stderr).write(new TextEncoder().encode(complaint + USAGE));
  Deno.exit(help ? 0 : 2);
}
Deno.exit(await demo(keep));
