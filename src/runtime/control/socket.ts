/**
 * The socket of a service: a file beside the archive that only the archive's owner may speak to.
 *
 * @module
 */

/** Bytes that the system takes as the name of a socket (unix(7): `sun_path` has 108, the last of them zero). */
const MAX_PATH = 107;

/** Path at which a socket is made before it takes its place. */
const ASIDE = "-new/s";

/** The socket of the service that has an archive open; `archive` is its real path. */
export function socketOf(archive: string): string {
  return `${archive}-control`;
}

/**
 * Makes a server listen at a path. Nobody else can ever reach the socket: it is made in a folder that only its owner may
 * enter, and takes its place, that of one which a killed service left too, with its own rights. Only the holder of the
 * archive's lock may call this. `serve` starts the server at the path that it is given.
 */
export async function listenPrivately<T extends { shutdown(): Promise<void> }>(
  path: string,
  serve: (path: string) => T,
): Promise<T> {
  const aside = path + ASIDE;
  const length = new TextEncoder().encode(aside).length;
  if (length > MAX_PATH) {
    throw new Error(`Cannot listen at "${path}": found ${length} bytes with "${ASIDE}", expected at most ${MAX_PATH}`);
  }
  const found = await lstatOf(path);
  if (found !== undefined && !found.isSocket) {
    throw new Error(`Cannot listen at "${path}": found a file that is not a socket`);
  }
  const folder = aside.slice(0, aside.lastIndexOf("/"));
  await removeFolder(folder);
  await Deno.mkdir(folder, { mode: 0o700 });
  try {
    const server = serve(aside);
    try {
      await Deno.chmod(aside, 0o600);
      await Deno.rename(aside, path);
      return server;
    } catch (error) {
      await server.shutdown();
      throw error;
    }
  } finally {
    await removeFolder(folder);
  }
}

/** Reports whether a service of this owner listens at a path. */
export async function isListening(path: string, owner: number | null): Promise<boolean> {
  const found = await lstatOf(path);
  if (found === undefined || !found.isSocket || found.uid !== owner) return false;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    // It was left by a service that was killed, or went away in this moment.
    if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The entry at a path, a link itself rather than its target; `undefined` where there is none. */
async function lstatOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

async function removeFolder(path: string): Promise<void> {
  if (await lstatOf(path) !== undefined) await Deno.remove(path, { recursive: true });
}
