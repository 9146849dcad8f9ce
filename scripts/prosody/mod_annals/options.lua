-- mod_annals: the archives of a host's accounts (XEP-0313), kept by Annals outside the server.
--
--   Component "archive.example.com"               -- Annals (XEP-0114)
--     component_secret = "…"
--     modules_enabled = { "annals" }
--     annals_hosts = { "example.com" }            -- where the module is loaded, in place of mod_mam
--
-- Instead of the last two, a host may have "annals" in its own modules_enabled, in place of "mam", and there
--   annals_component = "archive.example.com"
--
-- Rooms, in place of muc_mam, in `rooms` of Annals' configuration:
--   Component "rooms.example.com" "muc"
--     modules_enabled = { "annals" }
--     annals_component = "archive.example.com"
--
-- Options for all hosts, or for one:
--   annals_max_queue = 100000                     -- messages kept while Annals is away; then the oldest are given up
--   annals_max_queue_size = 1024 * 1024 * 1024    -- bytes of them, on disk
--   annals_check_interval = 3600                  -- seconds between two searches for archives without an account
--   annals_cache_size = 10000                     -- accounts of which is remembered what was asked about them
--   annals_hold = 10                              -- seconds that a query waits for Annals while that restarts
--   annals_request_timeout = 60                   -- seconds until a request is given up, or a refused greeting repeated
--
-- And for rooms, by their names of muc_mam:
--   muc_log_by_default = true                     -- archives rooms whose owners do not say
--   muc_log_all_rooms = false                     -- archives all, whatever their owners say
--   max_history_messages                          -- the most messages that whoever joins gets
--
-- The module decides what is archived, as mod_mam does and at the same points; stamps the archive id on what the account
-- receives; hands messages over until Annals has stored them; and passes requests there and pages back. What the two say
-- to each other is PROTOCOL.md. The sections follow a message on its way: policy, stamping, entries, queue, spool, link;
-- then pages, accounts, and the module's own beginning and end.

local cache = require "util.cache";
local jid = require "util.jid";
local sha1 = require "util.hashes".sha1;
local random_bytes = require "util.random".bytes;
local random_id = require "util.id".medium;
local rostermanager = require "core.rostermanager";
local st = require "util.stanza";
local modulemanager = require "core.modulemanager";
local monotonic, time_now = require "util.time".monotonic, require "util.time".now; -- the clock may be set back
local usermanager = require "core.usermanager";
local new_xmpp_stream = require "util.xmppstream".new;

local floor, max, min = math.floor, math.max, math.min;
local concat, find, gsub, sub = table.concat, string.find, string.gsub, string.sub;
local jid_bare, jid_resource, jid_split, jid_prepped_split = jid.bare, jid.resource, jid.split, jid.prepped_split;
local xml_escape = st.xml_escape;

local NS = "annals:companion";
local NS_CLIENT = "jabber:client";
local NS_DELEGATION = "urn:xmpp:delegation:2";
local NS_FORWARD = "urn:xmpp:forward:0";
local NS_MAM = "urn:xmpp:mam:2";
local NS_RETRACT = "urn:xmpp:message-retract:1";
local NS_MUC_USER = "http://jabber.org/protocol/muc#user";
local NS_SID = "urn:xmpp:sid:0";

local VERSION = "1";
local WINDOW = 4; -- batches on their way
local BATCH_BYTES = 256 * 1024;
local MESSAGE_BYTES = 480 * 1024; -- more than that Annals could not serve
local MOST_PIECES = 50000; -- that are kept for the next messages
local BATCHES_IN_MEMORY = 16; -- of those that wait; the others are in storage only
local MEMORY_BYTES = 32 * 1024 * 1024; -- of those that wait, where the storage fails
local GATHER = 0.05; -- seconds that a message waits for others: each batch costs the server as much as several messages
local CONNECT_WITHIN = 60; -- seconds after the start, or a line says that Annals is not there
local TICK = 2; -- seconds: what waits longer is in storage
local REQUEST_BYTES = 1024 * 1024; -- of a user's: at more Annals may end the stream, for which everybody would pay
local REQUESTS_OF_ONE = 20; -- requests of an account that wait for an answer
local WAITING_BYTES = 16 * 1024 * 1024; -- of all requests that wait
local PREFERENCES_JIDS, PREFERENCES_BYTES = 1000, 64 * 1024; -- in one set of preferences, as in Annals
local PREFERENCES_WAITING_BYTES = 256 * 1024; -- of all sets that wait: reading them holds up everybody's pages
local KNOWN_FOR, UNKNOWN_FOR = 600, 10; -- seconds that an account's existence, or absence, is remembered
local CHECK_PAUSE, CHECK_STEP = 0.02, 4; -- seconds between lookups of accounts, and how many at once: each blocks

-- Configuration and statistics ----------------------------------------------------------------------------------------

local host = module.host;
local hosts = prosody.hosts;
local served = module:shared("/*/annals/served"); -- host → the component that loads the module there

-- In the section of the component, the module loads itself into hosts, whose own lists of modules stay as they are.
local function serve_hosts()
	local names = module:get_option_set("annals_hosts");
	if not names then
		module:log("error", "annals_hosts is not set: expected the hosts whose archives Annals keeps");
		return;
	end

	local function serve(name)
		if not names:contains(name) then return; end
		local has_rooms = module:context(name):get_option_string("component_module") == "muc";
		if hosts[name].type ~= "local" and not has_rooms then return; end
		served[name] = host;
		modulemanager.unload(name, "annals");
		modulemanager.load(name, "annals");
	end

	for name in pairs(hosts) do serve(name); end
	module:hook_global("host-activated", serve, -1); -- after its own modules
	module:hook_global("server-started", function ()
		for name in names do
			if served[name] ~= host then
				module:log("error", "There is no VirtualHost %q: expected the hosts of this server in annals_hosts", name);
			end
		end
	end);

	function module.unload()
		for name in names do
			if served[name] == host then
				served[name] = nil;
				modulemanager.unload(name, "annals");
			end
		end
	end
end

if module:get_option_string("component_module") == "component" then return serve_hosts(); end

local rooms = { here = module:get_option_string("component_module") == "muc" }; -- whether this is a host of rooms

local component = served[host] or module:get_option_string("annals_component");
if not component then
	module:log("error", "annals_component is not set: expected the address of Annals, a Component of this server");
	module:set_status("error", "annals_component is not set");
	return;
end

-- Options stand where the module is enabled: in the section of the component, or in the host's.
local section = served[host] and module:context(component) or module;
local max_queue = section:get_option_number("annals_max_queue", 100000);
local max_queue_size = section:get_option_number("annals_max_queue_size", 1024 * 1024 * 1024);
local check_interval = section:get_option_number("annals_check_interval", 3600);
local cache_size = section:get_option_number("annals_cache_size", 10000);
local hold = section:get_option_number("annals_hold", 10);
local request_timeout = section:get_option_number("annals_request_timeout", 60);
local store = module:open_store("annals");

local measure_queued = module:measure("queued", "amount");
local measure_acknowledged = module:measure("acknowledged", "counter");
local measure_given_up = module:measure("given_up", "counter");

local events = hosts[host].events;
local policy, queue, spool, erasing, link, pages, accounts = {}, {}, {}, {}, {}, {}, {}; -- each is filled by the section of its name

