import { importing, type ImportPart, type Taken } from "../plugins/mam/controls.ts";
import type { Config } from "../runtime/config/config.ts";
import type { ServiceClient } from "../runtime/control/client.ts";
import { openArchivesToImport } from "../runtime/stores.ts";
import { storeTarget, type Target } from "../transfer/target.ts";
import { runningService } from "./service.ts";

/** Few enough that whoever talks meanwhile does not feel it: some ten milliseconds. */
const MOST = { entries: 1000, characters: 1024 * 1024 };

/** Where an import goes, and how it is ended when everything has been taken. */
export interface Into extends AsyncDisposable {
  readonly target: Target;
  end(): Promise<void>;
}

/** The service that has the archives open, or else the archives themselves. */
export async function importTarget(config: Config): Promise<Into> {
  const service = await runningService(config);
  return service === undefined ? await directly(config) : await through(service);
}

async function directly(config: Config): Promise<Into> {
  const store = await openArchivesToImport(config);
  return {
    target: storeTarget(store),
    end: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

async function through(service: ServiceClient): Promise<Into> {
  await service.begin(importing, null);
  const take = async (part: ImportPart) => await service.part(part) as Taken;
  return {
    target: {
      most: MOST,
      adopt: (owner, entries, after) => take({ owner, entries, ...after !== undefined && { after } }),
      adoptPreferences: (owner, preferences) => take({ owner, preferences }),
    },
    async end(): Promise<void> {
      await service.end();
    },
    [Symbol.asyncDispose](): Promise<void> {
      service[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
