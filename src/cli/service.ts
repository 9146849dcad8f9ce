import type { Config } from "../config/config.ts";
import { ServiceClient } from "../runtime/control/client.ts";
import { socketOf } from "../runtime/control/socket.ts";
import { realPath, statOf } from "../store/sqlite/files.ts";

/**
 * The service that has the archives open, to be asked for what needs it; `undefined` where none does, or none that can be
 * asked: then opening them says so.
 */
export async function runningService(config: Config): Promise<ServiceClient | undefined> {
  // In PostgreSQL several processes may write, and memory is of the service alone.
  if (config.storage.archive2 !== "sqlite") return undefined;
  const path = await realPath(config.storage.sqlite.path);
  const archive = await statOf(path);
  return archive && await ServiceClient.connect(socketOf(path), archive.uid);
}

/** True when such a service runs. */
export async function isServed(config: Config): Promise<boolean> {
  using service = await runningService(config);
  return service !== undefined;
}
