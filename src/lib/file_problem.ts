/**
 * Reasons of the operating system for not opening a file.
 *
 * @module
 */

/** Why a file could not be opened, without the path, which the system's messages put in various places. */
export function fileProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "There is no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "This user may not read it";
  if (error instanceof Deno.errors.IsADirectory) return "It is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "It is no folder";
  return error instanceof Error ? error.message : String(error);
}
