import { createLog } from "../log/log.ts";
import mam from "../plugins/mam/mod.ts";
import { Retractions } from "../plugins/mam/retraction/retractions.ts";
import { endingImport, importing, importingPart, type ImportPart } from "../plugins/mam/upkeep/controls.ts";
import { type Config, pluginValues } from "../config/config.ts";
import type { ServiceClient } from "../runtime/control/client.ts";
import { openArchivesToImport } from "../runtime/stores.ts";
import type { Adoption } from "../store/archive.ts";
import { storeTarget, type Target } from "../transfer/target.ts";
import { runningService } from "./service.ts";
import type { System } from "./system.ts";

/** Few enough that whoever talks meanwhile does not feel it: some ten milliseconds. */
const MOST = { entries: 1000, characters: 1024 * 1024 };

/** The destination of an import. */
export interface Into extends AsyncDisposable {
  readonly target: Target;
  /** Says that everything has been taken. */
  end(): Promise<void>;
}

/** The service that has the archives open, or else the archives themselves. */
export async function importTarget(config: Config, system: Pick<System, "err">): Promise<Into> {
  const service = await runningService(config);
  return service === undefined ? await directly(config, system) : await through(service);
}

async function directly(config: Config, system: Pick<System, "err">): Promise<Into> {
  const store = await openArchivesToImport(config);
  const target = storeTarget(store);
  const retractions = new Retractions({
    store,
    options: pluginValues(config, mam),
    rooms: new Set(config.rooms),
    log: createLog({ ...config.log, write: (line) => system.err(`${line}\n`) }),
    now: Date.now,
  });
  await retractions.resume();
  return {
    target: {
      ...target,
      async adopt(owner, entries, after): Promise<Adoption> {
        const adopted = await target.adopt(owner, entries, after);
        await retractions.adopted(owner, entries);
        return adopted;
      },
    },
    end: () => Promise.resolve(),
    async [Symbol.asyncDispose](): Promise<void> {
      await retractions.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The service notes how the import ended: when its connection is closed before the end, it was interrupted or failed. */
async function through(service: ServiceClient): Promise<Into> {
  const run = crypto.randomUUID();
  const interrupt = new AbortController();
  const started = Promise.withResolvers<null>();
  const running = service.ask(importing, { run }, { signal: interrupt.signal, progress: started.resolve });
  await Promise.race([started.promise, running]);
  const take = (part: ImportPart) => service.ask(importingPart, { run, part });
  return {
    target: {
      most: MOST,
      adopt: (owner, entries, after) => take({ owner, entries, ...after !== undefined && { after } }),
      adoptPreferences: (owner, preferences) => take({ owner, preferences }),
    },
    async end(): Promise<void> {
      await service.ask(endingImport, { run });
      await running;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      using _ = service;
      interrupt.abort();
      await running.catch(() => {});
    },
  };
}
