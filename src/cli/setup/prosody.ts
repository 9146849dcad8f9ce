/**
 * Prosody's side, 0.12 and later: with the module that Annals brings, or with community modules (the standard path).
 *
 * @module
 */
import { NS as NS_MAM } from "../../wire/xep0313.ts";
import { FIREWALL_CHAINS, firewallRules } from "./firewall.ts";
import type { ServerSide, SetupOptions } from "./server_side.ts";
import { isLoopback, writeFile } from "./shell.ts";

/** Where Debian has Prosody look for modules, and for parts of its configuration. */
const [MODULES, CONFIG] = ["/usr/local/lib/prosody/modules", "/etc/prosody"];
const FILE = `${CONFIG}/conf.d/annals.cfg.lua`;

/** The commands that set it up. */
export function prosody(side: ServerSide, { standard }: SetupOptions): string {
  return standard ? withCommunityModules(side) : withCompanion(side);
}

function withCompanion(side: ServerSide): string {
  const hosts = side.hosts.map((host) =>
    `\
VirtualHost ${lua(host)}
  modules_enabled = { "annals" } -- and what else this host has of its own
  modules_disabled = { "mam" }
  annals_component = ${lua(side.component)}
`
  );
  return `\
# Has Prosody hand its archives to Annals, through the module that Annals brings.
# Paste it into a root shell.

install -d ${MODULES} # a folder of plugin_paths
annals companion prosody > ${MODULES}/mod_annals.lua

# The main configuration has to end in: Include "conf.d/*.cfg.lua"
${writeFile(FILE, [...globals(side), ...hosts, component(side)].join("\n"), { group: "prosody" })}
systemctl restart prosody
`;
}

function withCommunityModules(side: ServerSide): string {
  const hosts = side.hosts.map((host) =>
    `\
VirtualHost ${lua(host)}
  modules_enabled = { "delegation"; "privilege"; "firewall" } -- and what else this host has of its own
  modules_disabled = { "mam" }
  ${firewallScripts(host)}
  ${FIREWALL_CHAINS}
  ${delegation(side.component)}
  ${privileges(side.component)}
`
  );
  const nagle = "network_settings = { nagle = false } -- takes 40 ms off every archive page\n";
  const config = [nagle, ...globals(side), ...hosts, component(side, ["delegation", "privilege"])].join("\n");
  return `\
# Has Prosody hand its archives to Annals, through the community modules delegation, privilege and firewall.
# Paste it into a root shell. What is sent while Annals is down is not archived this way; without --standard it is.

apt-get install prosody-modules

${side.hosts.map((host) => writeFile(rulesFile(host), firewallRules(host, side.component), OWNED)).join("\n")}
# The main configuration has to end in: Include "conf.d/*.cfg.lua"
${writeFile(FILE, config, OWNED)}
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

/** What holds for the whole server, where Annals is not to be found in the usual place. */
function globals({ host, port }: ServerSide): string[] {
  return [
    ...port === 5347 ? [] : [`component_ports = { ${port} }\n`],
    ...isLoopback(host) ? [] : [`component_interfaces = { "*" } -- Annals is on another machine\n`],
  ];
}

function component({ component, secret }: ServerSide, modules: readonly string[] = []): string {
  const enabled = modules.map(lua).join("; ");
  const own = enabled === "" ? "" : `  modules_enabled = { ${enabled} } -- or it is never told of its grants\n`;
  return `Component ${lua(component)}\n  component_secret = ${lua(secret)}\n${own}`;
}

/** A string of Lua (Lua 5.4 §3.1). */
function lua(text: string): string {
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/\p{Cc}/gu, (control) => (
    `\\u{${control.codePointAt(0)?.toString(16)}}`
  ));
  return `"${escaped}"`;
}
