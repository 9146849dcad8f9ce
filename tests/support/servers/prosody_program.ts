/**
 * Paths of Prosody: Debian's, or the one that is being tried.
 *
 * @module
 */

/** The server; another one, as of a newer release, by `ANNALS_PROSODY`. */
export const PROSODY = Deno.env.get("ANNALS_PROSODY") ?? "prosody";

/** Its command-line tool, which is beside it. */
export const PROSODYCTL = `${PROSODY}ctl`;

/** Folder of its community modules; Debian's are for its own release alone. */
export const COMMUNITY_MODULES = Deno.env.get("ANNALS_PROSODY_MODULES") ??
  (PROSODY === "prosody" ? "/usr/lib/prosody/modules" : undefined);
