/**
 * Which Annals this is.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };

export const VERSION: string = manifest.version;

/** Where an executable comes from. */
export interface Build {
  /** The commit that it was made from. */
  readonly commit: string;
  /** The day on which it was made: `2026-11-22`. */
  readonly date: string;
}

/** What the build script wrote into this executable; `undefined` when Annals runs from source. */
export async function buildInfo(): Promise<Build | undefined> {
  if (!Deno.build.standalone) return undefined;
  return JSON.parse(await Deno.readTextFile(new URL("../../build/build.json", import.meta.url)));
}
