/**
 * Rules by which Prosody's community module mod_firewall hands messages over, on the standard path.
 *
 * @module
 */
import { RECIPIENT } from "../../plugins/mam/standard/accounts.ts";
import { NS as NS_MAM } from "../../wire/xep0313.ts";
import { NS as NS_SID } from "../../wire/xep0359.ts";

/**
 * In each `VirtualHost`: the chains of the rules. They run where mod_mam would archive: after mod_blocklist (XEP-0191) and the
 * rules of other scripts have refused what they refuse. The chains that mod_firewall has by itself run before some of these.
 */
export const FIREWALL_CHAINS = `firewall_extra_chains = { ` +
  `annals_sent = { type = "event"; priority = 0.05; "pre-message/bare"; "pre-message/full"; "pre-message/host" }; ` +
  `annals_received = { type = "event"; priority = 0.05; "message/bare"; "message/full" } }`;

/**
 * Conditions for each message that an account receives. TO has mod_firewall take the address apart for HAS_ACCOUNT, which is what
 * `user_exists` of Prosody's usermanager does; to require() that each time would be a tenth of what a message costs.
 */
function received(host: string, component: string): string {
  return `TO: <*>@${host}
NOT FROM EXACTLY: ${component}
NOT FROM EXACTLY: $(stanza:get_child(nil, "${NS_MAM}") and require"util.jid".bare(to) or "")`;
}

const HAS_ACCOUNT = `TO EXACTLY: $(to_node and (prosody.hosts[module.host].sessions[to_node] or ` +
  `prosody.hosts[module.host].users.user_exists(to_node)) and to or "")`;

/** A condition: the message has a stanza-id that claims to be the recipient's archive's, in any spelling. Few have any. */
const HAS_FORGED_ID = `TO EXACTLY: $(stanza:get_child("stanza-id", "${NS_SID}") and (function () ` +
  `for tag in stanza:childtags("stanza-id", "${NS_SID}") do ` +
  `if require"util.jid".prep(tag.attr.by) == require"util.jid".bare(to) then return to end end end)() or "")`;

/**
 * The rules of a virtual host, which hand over each message of its accounts once.
 *
 * A message between two of them is copied where it is received: what its recipient has blocked never gets there, and one copy
 * goes into both archives.
 *
 * The copy's address says if the recipient has an account, which mod_firewall can only find out by an expression of Lua; the
 * sender keeps in his archive what he wrote to a name that nobody has.
 *
 * FORWARD uses a variable that only some other actions declare; without RULEDEP it raises an error, and the message is lost. What
 * the component itself sends passes the chains too: what it sends of an archive
 * is from the archive's account to that account, which nobody else can write.
 */
export function firewallRules(host: string, component: string): string {
  return `# what leaves this host; the rest is copied below
::annals_sent
NOT TO: <*>@${host}
RULEDEP=st
FORWARD=${component}

# what an account of this host receives, and has not blocked
::annals_received
# ids that only the archive may give out (XEP-0359): clients trust them where there is one
${HAS_FORGED_ID}
STRIP=stanza-id ${NS_SID}

${received(host, component)}
${HAS_ACCOUNT}
RULEDEP=st
FORWARD=${component}/${RECIPIENT.known}

# what is sent to a name that nobody has registered
${received(host, component)}
NOT ${HAS_ACCOUNT}
RULEDEP=st
FORWARD=${component}/${RECIPIENT.unknown}
`;
}
