/**
 * The plugins that come with Annals.
 *
 * @module
 */
import type { Plugin } from "../runtime/plugin.ts";
import mam from "./mam/mod.ts";
import ping from "./ping.ts";
import uptime from "./uptime.ts";
import version from "./version.ts";

// deno-lint-ignore no-explicit-any -- a list of plugins whose options differ
export const BUILT_IN: readonly Plugin<any>[] = [mam, ping, version, uptime];
