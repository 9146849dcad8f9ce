/**
 * Looks at files.
 *
 * @module
 */

/** Real path of a file, whatever links lead there; the path itself where there is none yet. */
export async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isAbsence(error)) return path;
    throw error;
  }
}

/** Status of a file; `undefined` where there is none. */
export async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** True for errors that say that there is nothing at a path. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** True when two names are of one file, also where both are links to it in their folders. */
export async function areSame(one: string, other: string): Promise<boolean> {
  const [first, second] = [await statOf(one), await statOf(other)];
  return first !== undefined && second !== undefined && first.ino !== null && first.ino === second.ino &&
    first.dev === second.dev;
}
