/**
 * Archives that real servers wrote, moved in; and out again.
 *
 * @module
 */
import { openSqliteReader, openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { Client } from "../../tests/support/client.ts";
import { startEjabberd } from "../../tests/support/servers/ejabberd.ts";
import { install } from "../../tests/support/servers/install.ts";
import { startProsody } from "../../tests/support/servers/prosody.ts";
import type { Server } from "../../tests/support/servers/server.ts";
import { exportItems, ownersOf } from "../../src/transfer/export.ts";
import { READ, WRITE } from "../../src/transfer/formats.ts";
import { importItems } from "../../src/transfer/import.ts";
import { Summary } from "../../src/transfer/summary.ts";
import { storeTarget } from "../../src/transfer/target.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { Table } from "./table.ts";

const HOST = "example.test";

/** Messages that are sent before it is waited for them to arrive. */
const CHUNK = 500;

const BASELINE = "jsonl";

/** mod_storage_internal keeps no more than 10,000 messages an archive unless it is told otherwise. */
const NO_LIMIT = "storage_archive_item_limit = 10000000";

/** A server that keeps archives of its own, and where. */
interface Origin {
  readonly format: string;
  readonly start: () => Promise<Server>;
  readonly path: string;
}

const ORIGINS: readonly Origin[] = [
  {
    format: "prosody-internal",
    start: () => startProsody({ archive: "own-internal", lua: NO_LIMIT }),
    path: "data",
  },
  { format: "prosody-sql", start: () => startProsody({ archive: "own-sqlite" }), path: "data/archive.sqlite" },
  { format: "ejabberd-sql", start: () => startEjabberd({ archive: "own-sqlite" }), path: "archive.sqlite" },
];

export const transfer: Scenario = {
  name: "transfer",
  summary: "archives that real servers wrote of real clients, imported, exported, and imported again",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  for (const make of ["Prosody", "ejabberd"] as const) await install(make, say);
  // Each message is in two archives.
  const [sent, rounds] = quick ? [1_000, 2] : [50_000, 3];
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  const table = new Table();
  try {
    for (const { format, start, path } of ORIGINS) {
      say(`${format}: the server archives ${sent} messages at both ends`);
      await using server = await start();
      await talk(server, sent);
      await server.stop();
      for (let round = 1; round <= rounds; round++) {
        say(`${format}: round ${round}`);
        await moveIn(format, `${server.site.folder}/${path}`, { expected: 2 * sent, folder, table });
      }
    }
    for (const format of WRITE.keys()) {
      say(`${format}: out and in again`);
      const path = `${folder}/export`;
      for (let round = 1; round <= rounds; round++) {
        await moveOut(format, path, { folder, table });
        await moveIn(format, path, { expected: 2 * sent, folder: `${folder}/again`, table });
      }
    }
    return { load: `${2 * sent} messages in two archives`, baseline: BASELINE, series: table.series };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Alice talks to Bob. */
async function talk(server: Server, messages: number): Promise<void> {
  await using alice = await Client.login(server, "alice");
  await using bob = await Client.login(server, "bob");
  for (let done = 0; done < messages; done += CHUNK) {
    const arrived = bob.count("</body>", CHUNK);
    const said = Array.from({ length: CHUNK }, (_, i) => (
      `<message to='bob@${HOST}' type='chat' id='m${done + i}'><body>${
        done + i
      } It is the east, and Juliet is the sun.</body>` +
      `<origin-id xmlns='urn:xmpp:sid:0' id='m${done + i}'/><request xmlns='urn:xmpp:receipts'/></message>`
    ));
    await alice.send(said.join(""));
    await arrived;
  }
  for (const client of [alice, bob]) await client.settle();
}

interface Move {
  /** Folder of Annals' archives. */
  readonly folder: string;
  readonly table: Table;
}

/** Imports into archives that are empty, and then once more. */
async function moveIn(
  format: string,
  path: string,
  { expected, folder, table }: Move & { readonly expected: number },
): Promise<void> {
  const read = READ.get(format);
  if (read === undefined) throw new Error(`Found no format "${format}"`);
  await Deno.remove(`${folder}/data`, { recursive: true }).catch(() => {});
  await using store = await openSqliteStore({ path: `${folder}/data/archive2.sqlite` });
  for (const quantity of ["imported", "imported once more"]) {
    const summary = new Summary();
    const began = performance.now();
    await importItems(read(path, { assumed: HOST }), {
      target: storeTarget(store),
      hosts: new Set([HOST]),
      now: Date.now(),
      summary,
    });
    const seconds = (performance.now() - began) / 1000;
    const { taken, held } = summary.messages;
    if (taken + held !== expected) throw new Error(`Found ${taken + held} messages in ${path}, expected ${expected}`);
    table.add(format, [[quantity, "messages/s", expected / seconds]]);
  }
}

async function moveOut(format: string, path: string, { folder, table }: Move): Promise<void> {
  const write = WRITE.get(format);
  if (write === undefined) throw new Error(`Found no format "${format}"`);
  await using reader = openSqliteReader(`${folder}/data/archive2.sqlite`);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let messages = 0;
  let piece = "";
  const began = performance.now();
  for await (const text of write(exportItems(reader, ownersOf(reader, [HOST])))) {
    messages += text.includes("<body") ? 1 : 0;
    piece += text;
    if (piece.length < 256 * 1024) continue;
    await file.write(encoder.encode(piece));
    piece = "";
  }
  await file.write(encoder.encode(piece));
  table.add(format, [["exported", "messages/s", messages / (performance.now() - began) * 1000]]);
}
