-- Plays stanzas at the policy of the module, with Prosody's own libraries and without a server.
-- Usage: lua5.4 module_policy.lua POLICY SETTINGS STANZAS
-- Each line of STANZAS is "in" or "out", a blank, and a message; each line that is printed is "true" or the reason.

package.path = "/usr/lib/prosody/?.lua;" .. package.path;
package.cpath = "/usr/lib/prosody/?.so;" .. package.cpath;

local st, xml, jid = require "util.stanza", require "util.xml", require "util.jid";

local function file(path)
	local handle = assert(io.open(path));
	local text = handle:read("a");
	handle:close();
	return text;
end

-- The names that the other parts of the module and Prosody lend it.
local lent = setmetatable({
	st = st, jid = jid, cache = require "util.cache", sha1 = require "util.hashes".sha1;
	jid_bare = jid.bare, jid_resource = jid.resource, jid_split = jid.split, jid_prepped_split = jid.prepped_split;
	xml_escape = st.xml_escape, concat = table.concat, find = string.find, sub = string.sub, gsub = string.gsub;
	NS = "annals:companion", NS_CLIENT = "jabber:client", NS_MAM = "urn:xmpp:mam:2";
	policy = {}, link = {}, rostermanager = {}, host = "example.test", component = "archive.example.test", cache_size = 100;
	events = { get_handlers = function () return {}; end };
	module = { hook = function () end, log = function () end };
}, { __index = _G });

assert(load(file(arg[1]), "policy", "t", lent))();
lent.policy.set(assert(xml.parse(file(arg[2]))));

local reason;
function lent.policy.skip(why) reason = why; end

local origin = { username = "alice", full_jid = "alice@example.test/1" };
for line in io.lines(arg[3]) do
	local direction, text = line:match("^(%S+) (.*)$");
	local stanza = assert(xml.parse(text), text);
	print(lent.policy.should_keep(origin, stanza, direction == "out") and "true" or reason);
end
