/**
 * Takes the picture of the status page in the README: a real Prosody, people who talk and scroll back, and Chromium.
 * `deno run -A scripts/docs_picture.ts [--minutes 30]` lets a day pass in that time.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { Annals } from "../tests/support/annals.ts";
import { archivePage } from "../tests/support/archive.ts";
import { Browser } from "../tests/support/browser.ts";
import { Client } from "../tests/support/client.ts";
import { freePorts } from "../tests/support/ports.ts";
import { install } from "../tests/support/servers/install.ts";
import { startProsody } from "../tests/support/servers/prosody.ts";

const PICTURE = new URL("../docs/images/status.png", import.meta.url);
const VIEWING = { width: 900, height: 700, scheme: "light" } as const;

/** Messages a second when there is most to say, and pages a second when there is most to read. */
const [TALK, SCROLL] = [12, 2];

const CLOCK = new URL("docs_picture_clock.cjs", import.meta.url).pathname;

const minutes = Number(parseArgs(Deno.args, { string: ["minutes"], default: { minutes: "30" } }).minutes);
for (const needed of ["Prosody", "Chromium"] as const) await install(needed);
const [port = 0] = freePorts(1);
await using server = await startProsody({ companion: true });
await using annals = await Annals.launch(server.site, {
  companion: true,
  env: { NODE_OPTIONS: `--require ${CLOCK}`, ANNALS_SPEED: String(24 * 60 / minutes) },
  config: { metrics: { listen: `127.0.0.1:${port}` }, log: { level: "info" } },
});
await using alice = await Client.login(server, "alice");
await using bob = await Client.login(server, "bob");
const start = performance.now();
for (let turn = 0;; turn++) {
  const day = (performance.now() - start) / (minutes * 60_000);
  if (day >= 1) break;
  // Quiet at night, busy in the evening.
  const share = 0.05 + 0.95 * Math.sin(day * Math.PI) ** 2 * (0.6 + 0.4 * Math.sin(day * 5 * Math.PI));
  const [from, to] = turn % 2 === 0 ? [alice, bob] : [bob, alice];
  await from.send(
    `<message to='${to.jid}' type='chat'><body>${"What's in a name? ".repeat(1 + turn % 8)}</body></message>`,
  );
  if (Math.random() < SCROLL / TALK) await archivePage(from, { page: { max: 50, before: "" } });
  await delay(1000 / (TALK * share));
}
await using browser = await Browser.launch();
const { picture, text } = await browser.look(`http://127.0.0.1:${port}/`, VIEWING);
await Deno.writeFile(PICTURE, picture);
Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n${annals.errors.join("\n")}`));
