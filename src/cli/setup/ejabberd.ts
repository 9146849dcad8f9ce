/**
 * ejabberd's side, 23.01 and later.
 *
 * @module
 */
import { NS as NS_MAM } from "../../wire/xep0313.ts";
import type { ServerSide } from "./server_side.ts";
import { isLoopback, writeFile } from "./shell.ts";

const FILE = "/etc/ejabberd/annals.yml";

/** YAML contains JSON. */
const yaml = JSON.stringify;

/** Below `modules`: what lets users reach their archives. */
export const DELEGATION = `mod_delegation: { namespaces: { ${yaml(NS_MAM)}: { access: archive } } }`;

/** Below `modules`: what lets Annals read rosters, and send users what is in their archives. */
export const PRIVILEGE = "mod_privilege: { roster: { get: archive }, message: { outgoing: archive } }";

/** Returns what hands messages over, below `modules`. */
export function serviceLog(component: string): string {
  return `mod_service_log: { loggers: [${yaml(component)}] }`;
}

/** The commands that set it up. */
export function ejabberd({ component, secret, host, port }: ServerSide): string {
  const config = `\
listen:
  -
    port: ${port}
    ip: ${yaml(isLoopback(host) ? "127.0.0.1" : "::")}
    module: ejabberd_service
    access: all
    global_routes: false # or other components at this port get what is for Annals
    hosts: { ${yaml(component)}: { password: ${yaml(secret)} } }
acl:
  archive:
    server: ${yaml(component)}
access_rules:
  archive:
    allow: archive
modules:
  ${serviceLog(component)}
  ${DELEGATION}
  ${PRIVILEGE}
`;
  return `\
# Has ejabberd hand its archives to Annals.
# Edit /etc/ejabberd/ejabberd.yml first. Add this line:
#   include_config_file: ${FILE}
# Take mod_mam out of modules; or, where it keeps the history of chat rooms, have it keep that only:
#   mod_mam: { default: never }
# Then paste this into a root shell.
# Several instances of Annals need no more than that: domain_balancing would drop what falls to one that is away.

${writeFile(FILE, config, { group: "ejabberd" })}
systemctl restart ejabberd
`;
}
