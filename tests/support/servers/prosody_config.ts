/**
 * Configuration of Prosody 0.12, with the community modules of Debian's `prosody-modules` or with Annals' own.
 *
 * @module
 */
import { FIREWALL_CHAINS } from "../../../src/cli/setup/firewall.ts";
import { COMMUNITY_MODULES } from "./prosody_program.ts";
import type { ArchiveKeeper, Site } from "./site.ts";

/** Additions to a configuration. */
export interface ProsodyExtras {
  /** Lua, for the global section. */
  readonly lua?: string;
  /** Hosts, or all of them, that `mod_annals` connects with Annals, in place of the community modules; default none. */
  readonly companion?: boolean | readonly string[];
}

/** Modules that only tests use. */
const OWN_MODULES = new URL("prosody_modules", import.meta.url).pathname;

/** Folder of `mod_annals.lua` on a site. */
export function modulesFolder({ folder }: Pick<Site, "folder">): string {
  return `${folder}/modules`;
}

/** Community modules that connect Annals. */
const STANDARD_PATH = ["delegation", "privilege", "firewall"];

const STORAGE: Record<ArchiveKeeper, string> = {
  "annals": "",
  "none": "",
  "own-internal": `default_archive_policy = true`,
  "own-postgresql": `default_archive_policy = true
storage = { archive = "sql" }`,
  "own-sqlite": `default_archive_policy = true
storage = { archive = "sql" }
sql = { driver = "SQLite3", database = "archive.sqlite" }`,
};

/** Writes `prosody.cfg.lua`. Without `smacks`: xmpp.js 0.14 miscounts stanzas, and is thrown out for it. */
export function prosodyConfig(site: Site, extras: ProsodyExtras = {}): string {
  const modules = ["roster", "saslauth", "disco", "carbons", "pep", "private", "blocklist", "ping", "offline"];
  const { companion = false, lua = "" } = extras;
  const hasCompanion = (host: string): boolean => companion === true || companion !== false && companion.includes(host);
  const onStandardPath = !site.hosts.every(hasCompanion);
  if (site.archive === "annals" && companion === true) modules.push("annals");
  if (site.archive === "annals" && companion === false) modules.push(...STANDARD_PATH);
  if (site.archive.startsWith("own-")) modules.push("mam");
  const pluginPaths = [modulesFolder(site), OWN_MODULES, ...COMMUNITY_MODULES === undefined ? [] : [COMMUNITY_MODULES]];
  const component = site.archive === "annals" ? componentSection(site, onStandardPath) : "";
  return `daemonize = false
run_as_root = true
pidfile = "${site.folder}/prosody.pid"
data_path = "${site.folder}/data"
plugin_paths = { ${pluginPaths.map((path) => `"${path}"`).join("; ")} }
interfaces = { "127.0.0.1" }
-- Without this, Nagle's algorithm costs each archive page 40 ms.
network_settings = { nagle = false }
modules_enabled = { ${modules.map((module) => `"${module}"`).join("; ")} }
modules_disabled = { "s2s"; "tls" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
c2s_ports = { ${site.clientPort} }
component_ports = { ${site.componentPort} }
limits = {}
log = { warn = "*console" }
${STORAGE[site.archive]}
${lua}
${site.hosts.map((host) => `VirtualHost "${host}"\n${archiving(host)}`).join("")}${component}`;

  function archiving(host: string): string {
    if (site.archive !== "annals") return "";
    const own = typeof companion === "boolean"
      ? ""
      : `  modules_enabled = { ${
        (hasCompanion(host) ? ["annals"] : STANDARD_PATH).map((name) => `"${name}"`).join("; ")
      } }\n`;
    return own + (hasCompanion(host) ? `  annals_component = "${site.component}"\n` : grants(host, site));
  }
}

function grants(host: string, site: Site): string {
  return `  firewall_scripts = { "${rulesFile(host, site)}" }
  ${FIREWALL_CHAINS}
  delegations = { ["urn:xmpp:mam:2"] = { jid = "${site.component}" } }
  privileged_entities = { ["${site.component}"] = { roster = "get"; message = "outgoing" } }
`;
}

/** Returns the path of a virtual host's rules. */
export function rulesFile(host: string, site: Site): string {
  return `${site.folder}/copy-${host}.pfw`;
}

function componentSection(site: Site, onStandardPath: boolean): string {
  return `Component "${site.component}"
  component_secret = "${site.secret}"
${onStandardPath ? `  modules_enabled = { "delegation"; "privilege" } -- or it is never told of its grants\n` : ""}`;
}
