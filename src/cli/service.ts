import type { Config } from "../config/config.ts";
import { ServiceClient } from "../runtime/control/client.ts";
import { socketOf } from "../runtime/control/socket.ts";
import { realPath, statOf } from "../lib/files.ts";
import { archiveFile } from "../runtime/stores.ts";

/**
 * The service that has the archives open, to be asked for what needs it; `undefined` where none does, or none that can be
 * asked: then opening them says so.
 */
export async function runningService(config: Config): Promise<ServiceClient | undefined> {
  const file = archiveFile(config);
  // A database takes what several processes write, and memory is of the service alone.
  if (file === undefined) return undefined;
  const path = await realPath(file);
  const archive = await statOf(path);
  return archive && await ServiceClient.connect(socketOf(path), archive.uid);
}

/** True when such a service runs. */
export async function isServed(config: Config): Promise<boolean> {
  using service = await runningService(config);
  return service !== undefined;
}
