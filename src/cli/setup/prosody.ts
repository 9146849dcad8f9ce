/**
 * Prosody's side, 0.12 and later: with the module that Annals brings, or with community modules (the standard path).
 *
 * @module
 */
import { NS as NS_MAM } from "../../wire/xep0313.ts";
import { FIREWALL_CHAINS, firewallRules } from "./firewall.ts";
import type { ServerSide, SetupOptions } from "./server_side.ts";
import { isLoopback, writeFile } from "./shell.ts";

/** Debian's folder of Prosody's configuration. */
const CONFIG = "/etc/prosody";
const FILE = `${CONFIG}/conf.d/annals.cfg.lua`;

/**
 * A command that finds the folder for modules: the first of `plugin_paths`, or Prosody's own. `prosodyctl about` names the
 * folder of its installer before these; a module there needs a manifest.
 */
const FIND_MODULES = "modules=$(prosodyctl about | sed -n '/^Plugin dir/,/^$/s|^  *\\(/[^ ]*\\).*|\\1|p' | sed -n 2p)";

/** A command that has Prosody read the folder of the file. */
const INCLUDE = `\
grep -q '^ *Include.*conf\\.d/\\*' ${CONFIG}/prosody.cfg.lua || echo 'Include "conf.d/*.cfg.lua"' >> ${CONFIG}/prosody.cfg.lua`;

/** The commands that set it up. */
export function prosody(side: ServerSide, { standard }: SetupOptions): string {
  return standard ? withCommunityModules(side) : withCompanion(side);
}

function withCompanion(side: ServerSide): string {
  const hosts = [...side.hosts, ...side.rooms].map(lua).join("; ");
  const own = side.rooms.length > 0 ? "mod_mam and mod_muc_mam" : "mod_mam";
  const options =
    `  modules_enabled = { "annals" }\n  annals_hosts = { ${hosts} } -- where Annals takes over from ${own}\n`;
  return `\
# Has Prosody hand its archives to Annals, through the module that Annals brings.
# Paste it into a root shell. The hosts keep their lists of modules. mod_mam is not loaded where Annals takes over.
${notes(side)}
${FIND_MODULES}
install -d "\${modules:?}"
annals companion prosody > "$modules/mod_annals.lua"

${INCLUDE}
${writeFile(FILE, component(side, options), OWNED)}
systemctl restart prosody
`;
}

function withCommunityModules(side: ServerSide): string {
  const hosts = side.hosts.map((host) =>
    `\
VirtualHost ${lua(host)}
  ${firewallScripts(host)}
  ${FIREWALL_CHAINS}
  ${delegation(side.component)}
  ${privileges(side.component)}
`
  );
  const options = `  modules_enabled = { "delegation"; "privilege" } -- or it is never told of its grants\n`;
  return `\
# Has Prosody hand its archives to Annals, through the community modules delegation, privilege and firewall.
# Paste it into a root shell. What is sent while Annals is down is not archived this way; without --standard it is.
# Edit ${CONFIG}/prosody.cfg.lua first, ahead of the first VirtualHost:
#   modules_enabled: take "mam" out, and add "delegation"; "privilege"; "firewall"
#   network_settings = { nagle = false } takes 40 ms off every archive page
# If the hosts have firewall_scripts, firewall_extra_chains, delegations or privileged_entities already, add the entries
# below to those: of two settings of one name, only the last one holds.
${notes(side)}
apt-get install prosody-modules

${side.hosts.map((host) => writeFile(rulesFile(host), firewallRules(host, side.component), OWNED)).join("\n")}
${INCLUDE}
${writeFile(FILE, [...hosts, component(side, options)].join("\n"), OWNED)}
systemctl restart prosody
`;
}

/** In each `VirtualHost`: what lets users reach their archives. */
export function delegation(component: string): string {
  return `delegations = { [${lua(NS_MAM)}] = { jid = ${lua(component)} } }`;
}

/** In each `VirtualHost`: what lets Annals read rosters, and send users what is in their archives. */
export function privileges(component: string): string {
  return `privileged_entities = { [${lua(component)}] = { roster = "get"; message = "outgoing" } }`;
}

/** In each `VirtualHost`: what hands messages over. */
export function firewallScripts(host: string): string {
  return `firewall_scripts = { ${lua(rulesFile(host))} }`;
}

const OWNED = { group: "prosody" };

function rulesFile(host: string): string {
  return `${CONFIG}/annals-${host}.pfw`;
}

/** Global settings that are lists: the operator's own may name more, so they are no part of what is pasted. */
function notes({ host, port }: ServerSide): string {
  const settings = [
    ...port === 5347 ? [] : [`component_ports = { ${port} }`],
    ...isLoopback(host) ? [] : [`component_interfaces = { "*" }, as Annals is on another machine`],
  ];
  if (settings.length === 0) return "";
  return `\
# Prosody has to listen where Annals connects. Set ahead of the first VirtualHost of prosody.cfg.lua, unless it is so:
${settings.map((setting) => `#   ${setting}\n`).join("")}`;
}

function component({ component, secret }: ServerSide, options: string): string {
  return `Component ${lua(component)}\n  component_secret = ${lua(secret)}\n${options}`;
}

/** A string of Lua (Lua 5.4 §3.1). */
function lua(text: string): string {
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/\p{Cc}/gu, (control) => (
    `\\u{${control.codePointAt(0)?.toString(16)}}`
  ));
  return `"${escaped}"`;
}
