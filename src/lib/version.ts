/**
 * Version of this Annals.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };

export const VERSION: string = manifest.version;

/** Origin of a program. */
export interface Build {
  /** The commit that it was made from, with `-dirty` when there were changes besides; `undefined` when nobody knows. */
  readonly commit?: string | undefined;
  /** The day on which the executable was made, such as `2026-11-22`; `undefined` when this runs from source. */
  readonly date?: string;
}

/**
 * Reads what the build script wrote beside the main module of this executable; of a program that runs from source, its
 * commit.
 */
export async function buildInfo(): Promise<Build> {
  if (!Deno.build.standalone) return { commit: await sourceCommit() };
  return JSON.parse(await Deno.readTextFile(new URL("build.json", Deno.mainModule)));
}

/** The commit that is checked out; `undefined` where this is no checkout, or there is no git. */
export async function sourceCommit(): Promise<string | undefined> {
  const cwd = new URL("../..", import.meta.url);
  const args = ["describe", "--always", "--dirty", "--exclude", "*"];
  try {
    const { success, stdout } = await new Deno.Command("git", { args, cwd, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
