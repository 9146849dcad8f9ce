/**
 * `annals doctor`: whether everything is as it must be, and if not, which line mends it.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Config } from "../../config/config.ts";
import type { HostFacts } from "../../runtime/examination.ts";
import { ServiceError } from "../../runtime/control/client.ts";
import { type Examination, examining } from "../../runtime/examination.ts";
import { problemLine } from "../../config/problem.ts";
import { visible } from "../../log/log_line.ts";
import { archiveFile, openArchivesToRead, placeOf } from "../../runtime/stores.ts";
import { statOf } from "../../lib/files.ts";
import { many } from "../../lib/words.ts";
import { ArchiveStoreError, NoArchiveError } from "../../store/error.ts";
import { isMissing } from "../../store/back_end.ts";
import { ConnectionError } from "../../stream/error.ts";
import { EXIT } from "../command.ts";
import { configuredCommand } from "../configured.ts";
import { SWITCH } from "../flag.ts";
import { Interrupt } from "../interrupt.ts";
import { jsonLine, stamp } from "../lines.ts";
import { outagesOf } from "../outages.ts";
import { runningService } from "../service.ts";
import type { System } from "../system.ts";
import { examine } from "./examine.ts";
import { type Finding, ofFailure, ofHost, ofMissingRooms, ofStore, unchecked } from "./findings.ts";
import { readiness } from "./readiness.ts";

/** Number of looks for a service that just connects, and the milliseconds between them. */
const [LOOKS, PAUSE] = [10, 200] as const;

export const doctor = configuredCommand({
  summary:
    "Says what keeps Annals from its work, and which line mends it; asks the service, or connects while that is stopped",
  example: "annals doctor --config /etc/annals/config.toml",
  flags: { json: SWITCH },
  async run({ config, warnings, own: { json }, invocation }, system): Promise<number> {
    const findings = [
      { ok: true, found: `${invocation.file} is right` },
      ...warnings.map((warning) => ({ ok: true, found: `but: ${problemLine(warning)}` })),
      ...await readiness(config),
      ...await findingsOf(config, system),
    ];
    const ok = verdictOn(findings);
    system.out(json ? jsonLine({ ok, findings }) : findings.map(textOf).join(""));
    return ok === null ? EXIT.unchecked : ok ? EXIT.ok : EXIT.failure;
  },
});

/** True when all is well; `null` when nothing is known to be wrong, but not all could be checked. */
function verdictOn(findings: readonly Finding[]): boolean | null {
  if (findings.some(({ ok }) => ok === false)) return false;
  return findings.some(({ ok }) => ok === null) ? null : true;
}

async function findingsOf(config: Config, system: System): Promise<Finding[]> {
  const { backEnd } = placeOf(config);
  const isOfService = isMissing(backEnd.read);
  if (!isOfService && await isServed(config)) return await besideService(config);
  const kept = isOfService
    ? { ok: true, found: `archives are in ${backEnd.title}, and gone when the service stops` }
    : await archives(config);
  try {
    return [kept, ...await connected(config, system)];
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const isTaken = error.failure === "conflict";
    if (isTaken && await comesToBeServed(config)) return await besideService(config);
    const file = archiveFile(config);
    return [isTaken && file !== undefined ? notOpen(config, file) : kept, ofFailure(error, config.component)];
  }
}

/**
 * True when a service has the archives. In a database nobody holds a lock on them, but a service that is connected notes
 * that it is.
 */
async function isServed(config: Config): Promise<boolean> {
  const { backEnd: { file }, values } = placeOf(config);
  if (file !== undefined) return await file.isInUse(values);
  try {
    return await connectedSince(config) !== undefined;
  } catch (error) {
    if (error instanceof ArchiveStoreError) return false;
    throw error;
  }
}

/** Finding where the connection is taken by a service that does not have the archives. */
function notOpen({ component: { domain } }: Config, file: string): Finding {
  return {
    ok: false,
    found:
      `what is connected as ${domain} does not have ${file} open: a service that cannot open it, or another Annals`,
    mend: ['the log of the service says why, as the event "store-not-open"'],
  };
}

/** True when a service has the archives, or just got them: it is connected a moment before it notes that. */
async function comesToBeServed(config: Config): Promise<boolean> {
  for (let left = LOOKS; left > 0; left--) {
    if (await isServed(config)) return true;
    await delay(PAUSE);
  }
  return false;
}

/** Since when the service is connected, in milliseconds since 1970; `undefined` when it is not. */
async function connectedSince(config: Config): Promise<number | undefined> {
  await using reader = await openArchivesToRead(config);
  const { connections } = await reader.chronicle();
  const outage = outagesOf(connections, Date.now()).at(-1);
  return outage === undefined || outage.to !== undefined ? connections.at(-1)?.began : undefined;
}

/** Findings beside the service, which has the connection, and examines it where it can be asked. */
async function besideService(config: Config): Promise<Finding[]> {
  const file = archiveFile(config);
  if (file !== undefined && await isAbsent(file)) {
    const mend = ['its log says in which file it has saved what they held, as the event "archive-saved"'];
    return [{ ok: false, found: `the service runs, but its archives were removed: ${file}`, mend }];
  }
  const since = await connectedSince(config);
  const examined = await askService(config);
  const isConnected = examined?.connected ?? since !== undefined;
  return [
    await archives(config),
    isConnected
      ? { ok: true, found: `the service runs, and is connected since ${stamp(since ?? Date.now())}` }
      : { ok: false, found: "the service runs, but is not connected", mend: ["its log says why"] },
    ...examined === undefined ? [notExamined(config)] : ofService(examined, config),
  ];
}

function ofService({ hosts, writes }: Examination, config: Config): Finding[] {
  return [ofStore(writes), ...ofHosts(hosts, config)];
}

/** Findings of every host, and of the domains of rooms that have no module. */
function ofHosts(facts: readonly HostFacts[], { rooms, component: { domain } }: Config): Finding[] {
  const met = new Set(facts.map(({ host }) => host));
  const missing = rooms.filter((room) => !met.has(room));
  return [...facts.flatMap((each) => ofHost(each, domain)), ...missing.map(ofMissingRooms)];
}

function notExamined(config: Config): Finding {
  // Nobody holds a lock there: that a service has stopped shows by its noting nothing any longer.
  const patience = archiveFile(config) === undefined ? ", and two minutes later" : " and";
  const mend = [`stop the service (systemctl stop annals)${patience} ask again`];
  return unchecked("what the server lets Annals do", mend);
}

/** Has the service examine itself; `undefined` where it cannot be asked, or loses its connection meanwhile. */
async function askService(config: Config): Promise<Examination | undefined> {
  using service = await runningService(config);
  try {
    return await service?.ask(examining, null);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

async function isAbsent(file: string): Promise<boolean> {
  return await statOf(file) === undefined;
}

async function archives(config: Config): Promise<Finding> {
  const file = archiveFile(config);
  if (file !== undefined && await isAbsent(file)) {
    return { ok: true, found: `there are no archives yet; the service will make ${file}` };
  }
  try {
    await using reader = await openArchivesToRead(config);
    const { archives, entries } = await reader.survey();
    const where = file ?? "the database";
    return { ok: true, found: `${where} can be read: ${many(entries, "message")} in ${many(archives, "archive")}` };
  } catch (error) {
    if (error instanceof NoArchiveError) {
      return { ok: true, found: `there are no archives yet; the service will make them in the database ${error.path}` };
    }
    return { ok: false, found: error instanceof Error ? error.message : String(error) };
  }
}

/** Findings of what the server lets Annals do; throws `ConnectionError`. */
async function connected(config: Config, system: System): Promise<Finding[]> {
  const { domain, host, port } = config.component;
  using interrupt = new Interrupt(system);
  const hosts = await examine(config, { signal: interrupt.signal });
  const recognised = { ok: true, found: `${host}:${port} recognises ${domain}` };
  return [recognised, ...ofHosts(hosts, config)];
}

function textOf({ ok, found, mend = [] }: Finding): string {
  const lines = [`${ok === null ? "??? " : ok ? "ok  " : "FAIL"}  ${found}`, ...mend.map((line) => `      ${line}`)];
  return lines.map((line) => `${visible(line)}\n`).join("");
}
