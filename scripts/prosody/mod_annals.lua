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
-- Options for all hosts, or for one:
--   annals_max_queue = 100000                     -- messages kept while Annals is away; then the oldest are given up
--   annals_max_queue_size = 1024 * 1024 * 1024    -- bytes of them, on disk
--   annals_check_interval = 3600                  -- seconds between two searches for archives without an account
--   annals_cache_size = 10000                     -- accounts of which is remembered what was asked about them
--   annals_hold = 10                              -- seconds that a query waits for Annals while that restarts
--   annals_request_timeout = 60                   -- seconds until a request is given up, or a refused greeting repeated
--
-- The module decides what is archived, as mod_mam does and at the same points; stamps the archive id on what the account
-- receives; hands messages over until Annals has stored them; and passes requests there and pages back. What the two say
-- to each other is PROTOCOL.md. The sections follow a message on its way: policy, stamping, queue, spool, link; then
-- pages, accounts, and the module's own beginning and end.

local cache = require "util.cache";
local jid = require "util.jid";
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
		if not names:contains(name) or hosts[name].type ~= "local" then return; end
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
local policy, queue, spool, link, pages, accounts = {}, {}, {}, {}, {}, {}; -- each is filled by the section of its name

-- Policy: which messages are conversation (XEP-0313 §"Business Rules"), and wanted by their owners (XEP-0441) ---------

policy.default = nil; -- what holds without preferences; unknown before the first greeting
policy.stripped = {}; -- namespaces of elements that are not kept

policy.conversation = nil; -- namespace → name, or "*" → { as, child }: Annals' list; unknown before the first greeting
policy.skipped = {}; -- reason → messages left out since Annals was told

function policy.skip(reason)
	policy.skipped[reason] = (policy.skipped[reason] or 0) + 1;
end

-- The kind of what makes a message conversation; nil where nothing does.
local function content_in(tags)
	for i = 1, #tags do
		local tag = tags[i];
		local rules = policy.conversation[tag.attr.xmlns or NS_CLIENT];
		local rule = rules and (rules[tag.name] or rules["*"]);
		if rule and (not rule.child or tag:get_child(rule.child)) then return rule.as; end
	end
end

-- Sent messages that are in no archive: their bounces are in none either.
local left_out = cache.new(1000);

-- A bounce of one's own message comes to a full JID; other errors answer what the account sent by itself, as PEP does. Some
-- servers send the message back in it, others its id alone.
local function is_bounce(stanza, is_sent)
	local user, _, resource = jid_split(stanza.attr.to);
	if is_sent or not resource or left_out:get(user .. "\n" .. (stanza.attr.id or "")) then return false; end
	return not stanza.tags[2] or content_in(stanza.tags) ~= nil;
end

-- Whether a message is archived and why. Hints come before all else, also on errors.
local function should_archive(stanza, is_sent)
	local tags, kind, has_store = stanza.tags, stanza.attr.type, false;
	for i = 1, #tags do
		local tag = tags[i];
		if tag.attr.xmlns == "urn:xmpp:hints" then
			if tag.name == "no-store" or tag.name == "no-permanent-store" then return false, "hint"; end
			has_store = has_store or tag.name == "store";
		end
	end
	if kind == "headline" or kind == "groupchat" then return false, kind; end -- the room archives the latter
	if not policy.conversation then return true, "unknown"; end -- Annals decides
	if kind == "error" then
		if is_bounce(stanza, is_sent) then return true, "bounce"; end
		return false, "error";
	end
	local content = has_store and "hint" or content_in(tags);
	if content then return true, content; end
	return false, "no content";
end

-- The event of mod_mam, with the same fallback, so that what other modules have to say on it holds here too.
module:hook("archive-should-store", function (event)
	local should, why = should_archive(event.stanza, event.is_sent);
	event.reason = why;
	return should;
end, -1);

local function is_stripped_bare(stanza)
	for _, tag in ipairs(stanza.tags) do
		if not policy.stripped[tag.attr.xmlns] then return false; end
	end
	return true;
end

function policy.should_keep(origin, stanza, is_sent)
	local should, why = should_archive(stanza, is_sent);
	if events.get_handlers("archive-should-store")[2] then
		local event = { stanza = stanza, session = origin, is_sent = is_sent };
		should, why = module:fire_event("archive-should-store", event), event.reason or "another module";
	end
	if should and is_stripped_bare(stanza) then should, why = false, "empty when stripped"; end
	if should then return true; end
	if is_sent and stanza.attr.id then left_out:set(origin.username .. "\n" .. stanza.attr.id, true); end
	policy.skip(why);
	module:log("debug", "Not archiving a message: %s", why);
	return false;
end

-- Tells Annals what was left out.
function policy.report()
	if not link.greeted or not next(policy.skipped) then return; end
	local reasons = {};
	for reason, count in pairs(policy.skipped) do
		reasons[#reasons + 1] = ("<reason name='%s' count='%d'/>"):format(xml_escape(reason), count);
	end
	policy.skipped = {};
	link.session.send(("<message from='%s' to='%s'><skipped xmlns='%s'>"):format(host, component, NS)
		.. concat(reasons) .. "</skipped></message>");
end

local POLICIES = { ["true"] = true, ["false"] = false, roster = "roster" };

function policy.set(settings)
	policy.default = POLICIES[settings.attr.policy];
	policy.stripped = {};
	for item in settings:childtags("strip", NS) do
		if item.attr.namespace then policy.stripped[item.attr.namespace] = true; end
	end
	local conversation = {};
	for item in settings:childtags("keep", NS) do
		local namespace, name = item.attr.namespace or "", item.attr.name or "*";
		conversation[namespace] = conversation[namespace] or {};
		conversation[namespace][name] = { as = item.attr.as or name, child = item.attr.child };
	end
	if not next(conversation) then
		module:log("warn", "Annals does not say which messages are conversation: it is older than this module. Update it;"
			.. " until then messages without a body are not archived");
		conversation[NS_CLIENT] = { body = { as = "body" } };
	end
	policy.conversation = conversation;
end

-- Preferences hold for as long as the stream, on which Annals says when they change.
function policy.forget()
	policy.known = cache.new(cache_size); -- user → { default, rules = { jid → boolean } }
	policy.asked = {}; -- user → true, while Annals is asked
end

policy.forget();

function policy.learn(payload)
	local user, prefs = payload.attr.user, payload:get_child("prefs", NS_MAM);
	if not user then return; end
	local known = { rules = {} };
	if prefs then
		known.default = prefs.attr.default;
		for _, list in ipairs({ "never", "always" }) do
			for item in (prefs:get_child(list) or prefs):childtags("jid") do
				known.rules[item:get_text() or ""] = list == "always";
			end
		end
	end
	policy.known:set(user, known);
end

function policy.ask(user)
	if not link.greeted or policy.asked[user] then return; end
	policy.asked[user] = true;
	link.ask("get", ("<preferences xmlns='%s' user='%s'/>"):format(NS, xml_escape(user)), function (reply)
		policy.asked[user] = nil;
		local payload = reply and reply:get_child("preferences", NS);
		if payload and payload.attr.user == user then policy.learn(payload); end
	end);
end

-- One's own JID counts as known: notes to oneself are kept.
local function in_roster(user, other)
	local bare = jid_bare(other);
	if bare == user .. "@" .. host then return true; end
	local roster = rostermanager.load_roster(user, host);
	return roster and roster[bare] ~= nil;
end

-- XEP-0441 §"JID matching": a rule for a full JID is more exact than one for the bare JID.
local function rule_for(user, other)
	local known = policy.known:get(user);
	if not known then return nil; end
	local rule = known.rules[other];
	if rule == nil and next(known.rules) then rule = known.rules[jid_bare(other)]; end
	if rule == nil then return known.default or policy.default; end
	return rule;
end

local DECISIONS = { always = true, never = false, [true] = true, [false] = false };

-- Whether the owner wants a message archived; "contact" or "stranger" where Annals has to decide by that.
function policy.want(user, other)
	local rule = rule_for(user, other);
	local decision = DECISIONS[rule];
	if decision ~= nil then return decision; end
	-- Only here, since the roster of somebody who is offline is read from storage.
	local is_contact = in_roster(user, other);
	if rule == "roster" then return is_contact; end
	if not policy.known:get(user) then policy.ask(user); end
	return is_contact and "contact" or "stranger";
end

-- Stamping: where a message passes, and gets its id (XEP-0359) --------------------------------------------------------

local clock = module:shared("/*/annals/clock"); -- the number of the last id, one for all hosts
clock.last = clock.last or 0;

local EPOCH = 1577836800000; -- 2020-01-01, in milliseconds
local MOST = 2^52; -- due in 2054; what an insane clock makes would be the greatest for good, and more than Annals takes

-- Two letters of base64url (RFC 4648 §5) for each 12 bits. An id is made of them without making any other string: the
-- server's collector makes garbage the greater part of what a message costs.
local ALPHABET, LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", {};
for i = 0, 4095 do
	local high, low = floor(i / 64) + 1, i % 64 + 1;
	LETTERS[i] = sub(ALPHABET, high, high) .. sub(ALPHABET, low, low);
end

local random, random_used = "", 0;
local head, head_of = "", nil; -- the first 8 letters, which stay the same for 16 milliseconds

-- The next id, and the milliseconds since 1970 at which it was made. The counter goes on where the clock runs back.
local function new_id()
	local at = floor(time_now() * 1000);
	local number = (at - EPOCH) * 4096;
	if number > MOST then number = MOST; end
	if number <= clock.last then number = clock.last + 1; end
	clock.last = number;
	-- Divided, not shifted: Lua before 5.3 has no integers, and its numbers are exact up to 2^53.
	local L, low = LETTERS, number % 65536;
	local high, rest = (number - low) / 65536, low % 16;
	if high ~= head_of then
		head = L[floor(high / 2^36)] .. L[floor(high / 2^24) % 4096] .. L[floor(high / 4096) % 4096] .. L[high % 4096];
		head_of = high;
	end
	if random_used + 10 > #random then random, random_used = random_bytes(1000), 0; end
	local a, b, c, d, e, f, g, h, i, j = random:byte(random_used + 1, random_used + 10);
	random_used = random_used + 10;
	return head .. L[(low - rest) / 16] .. L[rest * 256 + a] .. L[(b * 256 + c) % 4096] .. L[(d * 256 + e) % 4096]
		.. L[(f * 256 + g) % 4096] .. L[(h * 256 + i) % 4096] .. L[j * 16], at;
end

-- Of what another run has made.
local function go_on_after(number)
	number = tonumber(number);
	if number and number < 2^53 then clock.last = max(clock.last, floor(number)); end
end

-- One event passes the hooks of the sender and of the recipient, where both are here. What the first has found out about
-- the last event is kept for the second: whose it is, whether it is kept, its entry and its id there; the stanza as it
-- is to go on, and the one with the id on it that others see before, each with the number of its children.
local passed = {};

-- Whoever gets a stanza in an event may keep it, so its children are neither added to nor taken away in place. There is
-- room for as many children as messages have: growing tables is the greater part of making them.
local function shallow_copy(stanza)
	local copy = {
		nil, nil, nil, nil, name = stanza.name, attr = stanza.attr, tags = { nil, nil, nil, nil }, namespaces = stanza.namespaces;
	};
	for i = 1, #stanza do copy[i] = stanza[i]; end
	for i = 1, #stanza.tags do copy.tags[i] = stanza.tags[i]; end
	return setmetatable(copy, st.stanza_mt);
end

-- XEP-0359 §"Security Considerations": only the archive itself speaks for the account.
local function is_id_of(user, tag)
	if tag.name ~= "stanza-id" or tag.attr.xmlns ~= NS_SID or not tag.attr.by then return false; end
	local by_user, by_host, by_resource = jid_prepped_split(tag.attr.by);
	return by_user == user and by_host == host and not by_resource;
end

local function without_ids(stanza, user)
	local tags = stanza.tags;
	for i = 1, #tags do
		if is_id_of(user, tags[i]) then
			return shallow_copy(stanza):maptags(function (tag) return not is_id_of(user, tag) and tag or nil; end);
		end
	end
	return stanza;
end

local function with_id(stanza, user, id)
	local copy = shallow_copy(stanza);
	-- Without the checks of st.stanza(): it is known to be clean.
	local attr = { xmlns = NS_SID, by = user .. "@" .. host, id = id };
	local tag = setmetatable({ name = "stanza-id", attr = attr, tags = {} }, st.stanza_mt);
	copy[#copy + 1], copy.tags[#copy.tags + 1] = tag, tag;
	return copy;
end

-- Puts a message into an archive, if its owner wants it, and returns its entry in the queue, and its id there.
local function archive(event, stanza, user, other, side, entry)
	if not accounts.exists(user) then policy.skip("unknown account"); return entry; end
	local wanted = policy.want(user, other);
	if not wanted then policy.skip("preference"); return entry; end
	local id, at = new_id();
	if not (entry and queue.is_open(entry)) then
		entry = queue.add(stanza, at);
		if not entry then return nil; end
	end
	queue.stamp(entry, side, user, id, wanted);
	-- mod_cloud_notify waits for it.
	if events.get_handlers("archive-message-added") then
		module:fire_event("archive-message-added", { origin = event.origin, stanza = stanza, for_user = user, id = id });
	end
	return entry, id;
end

-- What is sent is stamped for the sender's other sessions, which get it as a carbon (XEP-0280); often there is none.
local function has_other_sessions(origin)
	local user = hosts[host].sessions[origin.username];
	return user and next(user.sessions, next(user.sessions)) ~= nil;
end

local function on_sent(event)
	local origin = event.origin;
	local user = origin.username;
	local stanza = without_ids(event.stanza, user);
	local seen, is_kept, entry, id = stanza, policy.should_keep(origin, stanza, true), nil, nil;
	if is_kept then
		entry, id = archive(event, stanza, user, stanza.attr.to or origin.full_jid, queue.SENT);
		if id and has_other_sessions(origin) then seen = with_id(stanza, user, id); end
	end
	event.stanza = seen;
	passed.event, passed.user, passed.is_kept, passed.entry, passed.id = event, user, is_kept, entry, id;
	passed.stanza, passed.children, passed.seen, passed.seen_children = stanza, #stanza, seen, #seen;
end

-- Nothing is added to what leaves for the contact.
local function on_sent_last(event)
	local stanza = event.stanza;
	if passed.event == event and passed.seen == stanza and passed.seen_children == #stanza then
		event.stanza = passed.stanza;
	else
		event.stanza = without_ids(stanza, event.origin.username);
		passed.stanza, passed.children = event.stanza, #event.stanza;
	end
end

local private_messages = cache.new(1000); -- what tells one from others → { at, id }
local ROOM_WINDOW = 5; -- seconds within which a room sends its copies

-- A private message of a room, which the room sends to each session of an occupant (XEP-0045 §7.5); its id, where another
-- session of the account has been sent it already.
local function private_message(user, stanza)
	local attr = stanza.attr;
	if attr.type == "groupchat" or attr.type == "error" or not stanza:get_child("x", NS_MUC_USER) then return nil; end
	if not jid_resource(attr.from) or not jid_resource(attr.to) then return nil; end
	local key = user .. "\n" .. attr.from .. "\n" .. (attr.id or stanza:get_child_text("body") or "");
	local message, now = private_messages:get(key), monotonic();
	if not message or message.at + ROOM_WINDOW < now then
		message = { at = now };
		private_messages:set(key, message);
	end
	return message;
end

local function on_received(event)
	local origin, original = event.origin, event.stanza;
	-- Not where another module made it a different message meanwhile.
	local is_known = passed.event == event and passed.stanza == original and passed.children == #original;
	local is_judged = is_known and original.attr.type ~= "error"; -- which depends on the direction
	-- The address is prepared already, as all are at these hooks; jid.split() would be a tenth of what a message costs.
	local to = original.attr.to or origin.full_jid;
	local user = sub(to, 1, find(to, "@", 1, true) - 1);
	local stanza, id = without_ids(original, user), nil;
	local private = not is_known and private_message(user, stanza) or nil;
	if private and private.id then
		id = private.id;
		policy.skip("further copy");
	elseif is_known and passed.user == user then
		-- To oneself: it has its one place in the archive already.
		id = passed.id;
	elseif is_judged and passed.is_kept or not is_judged and policy.should_keep(origin, stanza) then
		local entry = is_known and passed.entry or nil;
		if entry and stanza ~= original then entry = queue.rewrite(entry, stanza); end
		id = select(2, archive(event, stanza, user, stanza.attr.from, queue.RECEIVED, entry));
		if private then private.id = id; end
	end
	event.stanza = id and with_id(stanza, user, id) or stanza;
end

-- The priorities are those of mod_mam: after what rejects messages, before carbons (XEP-0280) and delivery.
for _, kind in ipairs({ "bare", "full" }) do
	module:hook("pre-message/" .. kind, on_sent, 0);
	module:hook("pre-message/" .. kind, on_sent_last, -1);
	module:hook("message/" .. kind, on_received, 0);
end

-- What is archived needs no bounce where nothing else has stored it, as without mod_offline.
module:hook("message/offline/handle", function (event)
	if event.stanza:get_child_with_attr("stanza-id", NS_SID, "by", event.username .. "@" .. host) then return true; end
end, -2);

-- Who has asked for the archive gets what came meanwhile from there.
module:hook("message/offline/broadcast", function (event)
	if not event.origin.mam_requested then return; end
	event.origin.annals_owes_offline = true;
	return true;
end);

-- Queue: entries, gathered to batches, kept until they are acknowledged -----------------------------------------------

queue.batches = {}; -- position → batch, with gaps where some were given up
queue.first, queue.last = 1, 0; -- positions of the oldest batch and of the newest one
queue.sent = 0; -- position of the last one that is on its way
queue.on_their_way = 0; -- how many are
queue.size = 0; -- entries in all batches
queue.bytes = 0; -- of them
queue.newest_of = {}; -- user → position of the last batch with an entry for that archive
queue.restored = 0; -- last position that an earlier run has left: its batches may be anybody's
queue.deletions = {}; -- user → deletions that wait
queue.given_up = 0; -- entries, since it was last logged

-- The newest batch is open as long as it may grow. Its entries are pieces of text in one table that is used again, joined
-- once for all of them: the server's collector makes the garbage that strings are the greater part of what a message costs.
local open;
local pieces, written, size = {}, 0, 0; -- how many are written, and bytes of the message
local joined = 0; -- how many there were in the batches before
local newest = { first = 0, last = 0, size = 0 }; -- entry: pieces before it and to its end, and bytes of its message

-- An entry begins with 8 pieces: its opening, three for each of the two archives, and the end of its tag.
local HEAD = 8;

local function side(position, name)
	local condition = "' " .. name .. "-if='";
	local conditions = { [true] = "", contact = condition .. "contact", stranger = condition .. "stranger" };
	return { position = position, label = "' " .. name .. "='", conditions = conditions };
end

queue.SENT, queue.RECEIVED = side(2, "sent"), side(5, "received");

local CLOSING_TAG = "]]></entry>"; -- ">" is escaped, so no message holds the end of a CDATA section
local TAG_BYTES = 160; -- of both tags, at most

local REFERENCES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ["'"] = "&apos;" };

-- A pattern costs a hundred times as much for each character as a search for one character.
local function escaped_text(text)
	if find(text, "&", 1, true) or find(text, "<", 1, true) or find(text, ">", 1, true) then
		return (gsub(text, "[&<>]", REFERENCES));
	end
	return text;
end

local function escaped_value(value)
	if find(value, "'", 1, true) then return (gsub(value, "['&<>]", REFERENCES)); end
	return escaped_text(value);
end

-- What stands before the value of an attribute, whose namespace util.stanza keeps in its name.
local function before_value(key)
	local uri, name = key:match("^(.*)\1(.*)$");
	if not uri then return " " .. key .. "='"; end
	local prefix = "ns" .. written;
	return " xmlns:" .. prefix .. "='" .. escaped_value(uri) .. "' " .. prefix .. ":" .. name .. "='";
end

local BEFORE_VALUE = {};
for _, key in ipairs({ "xmlns", "from", "to", "id", "type" }) do BEFORE_VALUE[key] = before_value(key); end

-- Values that need not be escaped, of attributes that say the same again and again.
local plain_values, plain_count = {}, 0;

local function remember_plain(value)
	if #value > 100 then return; end
	if plain_count == 1000 then plain_values, plain_count = {}, 0; end
	plain_values[value], plain_count = true, plain_count + 1;
end

-- The serialisation of util.stanza, in pieces.
local function write(element, outer_xmlns)
	local name, attr, all, last = element.name, element.attr, pieces, written + 2;
	local bytes = 2 * #name + 5;
	all[last - 1], all[last] = "<", name;
	for key, value in pairs(attr) do
		if key ~= "xmlns" or value ~= outer_xmlns then
			local before = BEFORE_VALUE[key] or before_value(key);
			if not plain_values[value] then
				local plain = tostring(value); -- modules write numbers, too
				value = escaped_value(plain);
				if value == plain and key ~= "id" then remember_plain(value); end
			end
			all[last + 1], all[last + 2], all[last + 3] = before, value, "'";
			last, bytes = last + 3, bytes + #before + #value + 1;
			written = last; -- for the next prefix
		end
	end
	last = last + 1;
	all[last] = ">";
	for i = 1, #element do
		local child = element[i];
		if child.name then
			written = last;
			write(child, attr.xmlns);
			last = written;
		else
			child = escaped_text(child);
			last, bytes = last + 1, bytes + #child;
			all[last] = child;
		end
	end
	all[last + 1], all[last + 2], all[last + 3] = "</", name, ">";
	written, size = last + 3, size + bytes;
end

local function write_entry(first, stanza)
	written, size = first + HEAD, 0;
	write(stanza);
	written = written + 1;
	pieces[written] = CLOSING_TAG;
end

-- So many that giving up a batch, which is done as a whole, gives up a tenth at most.
local batch_entries = max(1, min(1000, floor(max_queue / 10)));

-- Takes an entry, which may change as long as it is open, and returns its place; nil where it is too large.
function queue.add(stanza, at)
	if open and open.count >= batch_entries then queue.flush(); end
	-- The event loop runs no timers as long as there is something to read, so many entries do not wait for theirs.
	if open and open.bytes >= BATCH_BYTES / 4 and not open.ripe then queue.ripen(nil, open); end
	write_entry(newest.last, stanza);
	if size > MESSAGE_BYTES then
		policy.skip("too large");
		module:log("warn", "A message of %d bytes is not archived: it is too large", size);
		return nil;
	elseif open and open.bytes + TAG_BYTES + size > BATCH_BYTES then
		queue.flush();
		return queue.add(stanza, at);
	end
	if not open then
		open = queue.append({ count = 0, bytes = 0 });
		module:add_timer(GATHER, queue.ripen, open);
	end
	if at ~= newest.at then
		newest.at, newest.opening = at, (policy.conversation and "<entry at='" or "<entry judge='true' at='") .. at;
	end
	local first = newest.last;
	pieces[first + 1], pieces[first + HEAD] = newest.opening, "'><![CDATA[";
	for i = first + 2, first + HEAD - 1 do pieces[i] = ""; end
	newest.first, newest.last, newest.size = first, written, size;
	open.count, open.bytes, open.is_stored = open.count + 1, open.bytes + TAG_BYTES + size, false;
	queue.size, queue.bytes, queue.unstored = queue.size + 1, queue.bytes + TAG_BYTES + size, true;
	if queue.size > max_queue or queue.bytes > max_queue_size then queue.shrink(); end
	return joined + first;
end

function queue.is_open(entry)
	return entry >= joined;
end

-- Says in an entry that it is in an archive, under this id.
function queue.stamp(entry, place, user, id, wanted)
	local at = entry - joined + place.position;
	pieces[at], pieces[at + 1], pieces[at + 2] = place.label, id, place.conditions[wanted];
	queue.newest_of[user] = queue.last;
end

-- Writes another message in place of the last entry's, and returns its place; nil where it cannot be changed any more.
function queue.rewrite(entry, stanza)
	if entry - joined ~= newest.first then return nil; end
	write_entry(newest.first, stanza);
	open.bytes, queue.bytes = open.bytes + size - newest.size, queue.bytes + size - newest.size;
	newest.last, newest.size = written, size;
	return entry;
end

-- A batch waits in the form in which it is most likely sent, so that its text is not copied for that.
local OPENING = ("<message from='%s' to='%s'><batch xmlns='%s' seq='"):format(host, component, NS);
local CLOSING = "</batch></message>";

local function opening_of(seq)
	return OPENING .. ("%d'>"):format(seq);
end

function queue.body_of(batch)
	if batch == open then return concat(pieces, "", 1, newest.last); end
	return sub(batch.text, #opening_of(batch.seq) + 1, -#CLOSING - 1);
end

function queue.set_body(batch, body)
	batch.seq = link.seq + 1;
	batch.text = opening_of(batch.seq) .. body .. CLOSING;
end

-- The stanza of a batch, with this number.
function queue.text_of(batch, seq)
	if batch.deleted then
		return ("<message from='%s' to='%s'><deleted xmlns='%s' seq='%d' user='%s'/></message>"):format(
			host, component, NS, seq, xml_escape(batch.deleted));
	elseif batch.seq ~= seq then
		batch.text = opening_of(seq) .. sub(batch.text, #opening_of(batch.seq) + 1);
	end
	return batch.text;
end

function queue.close()
	if not open then return; end
	local last = newest.last + 1;
	open.seq = link.seq + 1;
	pieces[0], pieces[last] = opening_of(open.seq), CLOSING;
	open.text = concat(pieces, "", 0, last);
	if #pieces > MOST_PIECES then pieces = {}; end
	open, joined, newest.last = nil, joined + newest.last, 0;
end

function queue.flush()
	queue.close();
	link.pump();
end

-- It has waited for others.
function queue.ripen(_, batch)
	batch.ripe = true;
	link.pump();
end

-- Nothing is added to the batch before it any more; if many wait before that, it waits in storage only.
function queue.append(batch)
	queue.close();
	local previous = queue.batches[queue.last];
	if previous and previous.text and queue.last - queue.sent > BATCHES_IN_MEMORY then
		if previous.is_stored or spool.store(previous, queue.last) then
			previous.text = nil;
		else
			queue.shrink_memory();
		end
	end
	queue.last = queue.last + 1;
	queue.batches[queue.last] = batch;
	return batch;
end

function queue.remove(position)
	local batch = queue.batches[position];
	queue.batches[position] = nil;
	queue.size, queue.bytes = queue.size - batch.count, queue.bytes - batch.bytes;
	if batch.has_file then spool.remove(position); end
	while queue.first <= queue.last and not queue.batches[queue.first] do queue.first = queue.first + 1; end
	queue.sent = max(queue.sent, queue.first - 1);
	return batch;
end

-- Gives up the oldest batches that are not on their way, as long as too much waits. Deletions are promises, and small: they stay.
local function give_up(is_too_much)
	local position = queue.sent + 1;
	while position <= queue.last do
		local batch = queue.batches[position];
		if batch and batch ~= open and not batch.deleted then
			local decision = is_too_much(batch);
			if decision == nil then return; end
			if decision then
				queue.remove(position);
				queue.given_up = queue.given_up + batch.count;
				measure_given_up(batch.count);
			end
		end
		position = position + 1;
	end
end

function queue.shrink()
	give_up(function () return queue.size > max_queue or queue.bytes > max_queue_size or nil; end);
end

-- Where the storage fails, what waits is in memory only.
function queue.shrink_memory()
	local excess = -MEMORY_BYTES;
	for _, batch in pairs(queue.batches) do
		if batch.text then excess = excess + batch.bytes; end
	end
	give_up(function (batch)
		if excess <= 0 then return nil; end
		if not batch.text then return false; end
		excess = excess - batch.bytes;
		return true;
	end);
end

local function count_deletion(user, by)
	local left = (queue.deletions[user] or 0) + by;
	queue.deletions[user] = left > 0 and left or nil;
end

-- The account is gone, or its name begins anew: everything before belonged to another.
function queue.delete(user)
	queue.append({ deleted = user, count = 0, bytes = 0 });
	count_deletion(user, 1);
	spool.persist(); -- a crash must not leave the archive to the name's next owner
	accounts.forget(user);
	link.pump();
end

-- Sends an answer once everything that waits before it is acknowledged. One at a time; returns false while there is one.
function queue.prove(answer)
	if queue.is_proving then return false; end
	queue.is_proving = true;
	queue.set_body(queue.append({ proof = answer, count = 0, bytes = 0 }), "");
	link.pump(true);
	return true;
end

-- Whether something waits for this archive that was not sent yet.
function queue.is_behind(user)
	return queue.sent < max(queue.newest_of[user] or 0, queue.restored);
end

local function next_position()
	for position = queue.sent + 1, queue.last do
		if queue.batches[position] then return position; end
	end
end

-- Nothing passes a deletion, in either direction. A batch that may still grow waits for what is on its way, so that the
-- busier it gets, the fewer and larger batches there are; unless somebody wants to see what is in it.
local function may_send(batch, at_once)
	if queue.on_their_way == 0 then return at_once or batch ~= open or batch.ripe; end
	if batch.deleted or queue.batches[queue.first].deleted or queue.on_their_way >= WINDOW then return false; end
	return at_once or batch ~= open;
end

-- The next batch to go out, if there is one and it may go.
function queue.take(at_once)
	for position in next_position do
		local batch = queue.batches[position];
		if not may_send(batch, at_once) then return nil; end
		if batch == open then queue.close(); end
		local is_there = batch.deleted or batch.text or spool.load(batch, position);
		if is_there then
			queue.sent, queue.on_their_way = position, queue.on_their_way + 1;
			return batch;
		elseif is_there == nil then
			return nil;
		end
		queue.remove(position); -- acknowledged before the server broke down
	end
	-- Nobody is behind.
	queue.newest_of = {};
end

function queue.acknowledge(seq)
	local acknowledged = 0;
	while queue.on_their_way > 0 and queue.batches[queue.first].seq <= seq do
		queue.on_their_way = queue.on_their_way - 1;
		local batch = queue.remove(queue.first);
		acknowledged = acknowledged + batch.count;
		if batch.proof and queue.is_proving then
			queue.is_proving = false;
			link.session.send(batch.proof);
		end
		if batch.deleted then
			count_deletion(batch.deleted, -1);
			queue.unlisted = true;
			module:log("info", "What the archive of %s held of an account that is gone is deleted", batch.deleted);
		end
	end
	measure_acknowledged(acknowledged);
	measure_queued(queue.size);
	link.pump();
end

-- The stream is over: what was on its way and is not acknowledged is sent again.
function queue.rewind()
	queue.sent, queue.on_their_way = queue.first - 1, 0;
	queue.is_proving = false; -- the question was of that stream
end

-- Spool: what waits, in the server's storage --------------------------------------------------------------------------

-- A key that is no user name, so that no deletion of an account takes it along (RFC 7622 §3.3.1).
local function key_of(position)
	return ("annals/%d"):format(position);
end

local function read(key)
	local kept, err = store:get(key);
	if err then module:log("error", "Cannot read what waits for Annals: %s", err); end
	return kept, err;
end

function spool.store(batch, position)
	local ok, err = store:set(key_of(position), { body = queue.body_of(batch), count = batch.count });
	if not ok then module:log("error", "Cannot store messages for Annals: %s", err); end
	batch.is_stored = ok and true or false;
	batch.has_file = batch.has_file or batch.is_stored; -- also when it grows, and the file is older than it
	return batch.is_stored;
end

-- Whether the batch is there; nil when it cannot be read at present.
function spool.load(batch, position)
	local kept, err = read(key_of(position));
	if kept and kept.body then
		queue.size, queue.bytes = queue.size + kept.count - batch.count, queue.bytes + #kept.body - batch.bytes;
		batch.count, batch.bytes = kept.count, #kept.body;
		queue.set_body(batch, kept.body);
		return true;
	end
	if err then return nil; end
	return false;
end

function spool.remove(position)
	store:set(key_of(position), nil);
	queue.unlisted = true;
end

-- Brings everything to storage: at the end, and every few seconds while nothing is acknowledged.
function spool.persist()
	local list = {};
	for position = queue.first, queue.last do
		local batch = queue.batches[position];
		if batch and (batch.deleted or batch.is_stored or spool.store(batch, position)) then
			list[#list + 1] = { position, batch.count, batch.deleted or false, batch.bytes };
		end
	end
	-- As text: not every storage keeps numbers of this size exactly.
	local ok = store:set("annals/list", { next = queue.last + 1, newest = ("%.0f"):format(clock.last), batches = list });
	queue.unstored, queue.unlisted = not ok, not ok;
	module:log("debug", "Stored what waits for Annals: %d messages", queue.size);
end

function spool.restore()
	local kept = read("annals/list");
	if not kept then return; end
	go_on_after(kept.newest);
	queue.first, queue.last = kept.next, kept.next - 1;
	for _, item in ipairs(kept.batches) do
		local position, count, deleted, bytes = item[1], item[2], item[3] or nil, item[4] or 0;
		queue.batches[position] = {
			count = count, bytes = bytes, deleted = deleted, is_stored = not deleted, has_file = not deleted;
		};
		queue.size, queue.bytes = queue.size + count, queue.bytes + bytes;
		queue.first = min(queue.first, position);
		if deleted then count_deletion(deleted, 1); end
	end
	queue.sent, queue.restored = queue.first - 1, queue.last;
end

function spool.tick()
	local is_stuck = queue.first <= queue.last and queue.first == spool.first_before;
	spool.first_before = queue.first;
	if queue.unlisted or is_stuck and queue.unstored then spool.persist(); end
	if queue.given_up > 0 and (spool.warned or -60) + 60 < monotonic() then
		module:log("warn", "Gave up the oldest %d messages that waited for Annals: %d of at most %d wait, %d of at most %d bytes",
			queue.given_up, queue.size, max_queue, queue.bytes, max_queue_size);
		queue.given_up, spool.warned = 0, monotonic();
	end
	measure_queued(queue.size);
	link.pump();
end

-- Link: greeting, batches and answers, on the component's stream ------------------------------------------------------

link.session = nil; -- of the component, when it is connected
link.greeted = false; -- whether it has answered the greeting
link.seq = 0; -- of the last batch sent
link.features = { NS_MAM, NS_MAM .. "#extended" };
link.asked = {}; -- id → request that waits for its answer
link.unread = 0; -- bytes of requests that were given up, which the stream may still hold: nothing was heard since

local last_id = 0;
local id_prefix = "annals-" .. random_id() .. "-"; -- what an earlier run of the module has asked is none of this one's

-- Sends a request. `respond` gets the answer, or nil and "timeout" or "away"; pages for it go to `on_page`.
function link.ask(kind, payload, respond, on_page)
	last_id = last_id + 1;
	local id = id_prefix .. last_id;
	link.asked[id] = { respond = respond, on_page = on_page, expires = monotonic() + request_timeout, bytes = #payload };
	link.session.send(("<iq from='%s' to='%s' type='%s' id='%s'>"):format(host, component, kind, id) .. payload .. "</iq>");
end

local function respond(id, ...)
	local request = link.asked[id];
	link.asked[id] = nil;
	request.respond(...);
end

-- Sends what may be sent. It goes to the component's stream as text: a stanza of this size costs more to build than the
-- messages in it.
function link.pump(at_once)
	while link.greeted do
		local batch = queue.take(at_once);
		if not batch then return; end
		link.seq = link.seq + 1;
		link.session.send(queue.text_of(batch, link.seq));
		batch.seq = link.seq;
	end
end

local function on_greeting(greeting)
	go_on_after(greeting.attr.newest);
	link.features = {};
	for item in greeting:childtags("feature", NS) do link.features[#link.features + 1] = item.attr.var; end
	local settings = greeting:get_child("settings", NS);
	if settings then policy.set(settings); end
	link.greeted, link.seq = true, 0;
	module:log("info", "Annals keeps the archives of this host; %d messages waited for it", queue.size);
	link.pump();
	pages.release();
	accounts.check();
end

local function greet()
	link.greet_at = nil;
	local session = link.session;
	link.ask("set", ("<greeting xmlns='%s' version='%s'/>"):format(NS, VERSION), function (reply)
		if not reply and link.session ~= session then return; end
		local greeting = reply and reply.attr.type == "result" and reply:get_child("greeting", NS);
		if greeting and greeting.attr.version == VERSION then return on_greeting(greeting); end
		local _, condition, text = (reply or st.stanza("iq")):get_error();
		module:log("warn", "Annals does not answer the greeting of version %s: %s",
			VERSION, text or condition or "no answer, or one of another version");
		link.greet_at = monotonic() + request_timeout;
	end);
end

local function close()
	if link.greeted then module:log("warn", "Annals is away; messages for the archives wait for it"); end
	link.session, link.greeted, link.unread = nil, false, 0;
	queue.rewind();
	policy.forget();
	local asked = link.asked;
	link.asked = {};
	for _, request in pairs(asked) do request.respond(nil, "away"); end
end

local function open_with(session)
	close();
	link.session = session;
	greet();
end

-- mod_component tells of its streams on the component's own host, which may be activated after this one.
local function watch_component()
	local context = module:context(component);
	context:hook("component-authenticated", function (event) open_with(event.session); end);
	context:hook("component-disconnected", function (event)
		-- The session that was replaced is told of after the one that replaced it.
		if event.session == link.session then close(); end
	end);
	local connection = hosts[component].modules.component;
	if connection and connection.session then open_with(connection.session); end
end

-- Nobody else is listened to, whatever address they write on their stanzas.
local function is_from_annals(event)
	return event.origin == link.session and event.stanza.attr.from == component;
end

module:hook("iq/host", function (event)
	local stanza = event.stanza;
	local id, kind = stanza.attr.id, stanza.attr.type;
	if not is_from_annals(event) or kind ~= "result" and kind ~= "error" then return; end
	link.unread = 0; -- it goes on reading
	if not id then return true; end -- mod_iq cannot stand it
	if not link.asked[id] then return; end
	respond(id, stanza);
	return true;
end, 10);

local handlers = { settings = policy.set, preferences = policy.learn };

function handlers.ack(payload)
	local seq = tonumber(payload.attr.seq);
	if seq and seq <= link.seq then queue.acknowledge(seq); end
end

function handlers.page(payload)
	local request = link.asked[payload.attr.request or ""];
	if request and request.on_page then request.on_page(payload:get_text(), payload.attr.sizes or ""); end
end

module:hook("message/host", function (event)
	if not link.greeted or not is_from_annals(event) then return; end
	for _, payload in ipairs(event.stanza.tags) do
		local handler = payload.attr.xmlns == NS and handlers[payload.name];
		if handler then
			handler(payload);
			return true;
		end
	end
end, 10);

function link.tick()
	local now = monotonic();
	local expired = {};
	for id, request in pairs(link.asked) do
		if request.expires < now then expired[#expired + 1] = id; end
	end
	for _, id in ipairs(expired) do
		link.unread = link.unread + link.asked[id].bytes;
		respond(id, nil, "timeout");
	end
	if link.session and link.greet_at and link.greet_at < now then greet(); end
end

-- Pages: requests to Annals in the form of XEP-0355, and results back to the session that asked -----------------------

local function refuse(session, stanza, ...)
	if not session.destroyed then session.send(st.error_reply(stanza, ...)); end
	return true;
end

module:hook("iq-get/host/" .. NS .. ":probe", function (event)
	if not link.greeted or not is_from_annals(event) then return; end
	local stanza = event.stanza;
	if not queue.prove(st.reply(stanza)) then
		return refuse(link.session, stanza, "wait", "resource-constraint", "Another probe waits");
	end
	return true;
end);

local PROBLEMS = {
	timeout = { "remote-server-timeout" };
	away = { "recipient-unavailable", "The archive is away" };
	deleting = { "resource-constraint", "The archive of the last account of this name is being deleted" };
};

-- XEP-0355 §4.3: the answer is an IQ inside the answer. Only its content is taken from it; the addresses are known.
local function answer(session, stanza, reply)
	local inner = reply:find("{" .. NS_DELEGATION .. "}delegation/{" .. NS_FORWARD .. "}forwarded/{" .. NS_CLIENT .. "}iq");
	local kind = inner and inner.attr.type;
	if kind ~= "result" and kind ~= "error" then
		local error_type, condition, text = reply:get_error();
		return refuse(session, stanza, error_type or "cancel", condition or "internal-server-error", text);
	end
	inner.attr = st.reply(stanza).attr;
	inner.attr.type = kind;
	session.send(inner);
end

-- Room for what waits on behalf of accounts: a number of requests for each of them, and bytes for all.
local function new_room(most_of_one, most_bytes)
	local count_of, bytes = {}, 0;
	local room = {};

	-- Takes room, and returns the function that gives it back; nil where there is none.
	function room.enter(user, size)
		local count = count_of[user] or 0;
		if count >= most_of_one or bytes + link.unread + size > most_bytes then return nil; end
		count_of[user], bytes = count + 1, bytes + size;
		return function ()
			count_of[user] = count_of[user] > 1 and count_of[user] - 1 or nil;
			bytes = bytes - size;
		end;
	end

	return room;
end

local requests = new_room(REQUESTS_OF_ONE, WAITING_BYTES);
local preferences = new_room(1, PREFERENCES_WAITING_BYTES);

-- Counts elements and bytes of text, no further than is of interest.
local function extent_of(element, most_elements, most_bytes)
	local elements, bytes = 0, 0;
	for i = 1, #element do
		local child = element[i];
		if child.name then
			local inside, text = extent_of(child, most_elements - elements, most_bytes - bytes);
			elements, bytes = elements + 1 + inside, bytes + text;
		else
			bytes = bytes + #child;
		end
		if elements > most_elements or bytes > most_bytes then break; end
	end
	return elements, bytes;
end

local LISTS = 3; -- <prefs/>, <always/>, <never/>

-- The size of the preferences (XEP-0441) that a request sets; nil where it sets none, false where it is too large.
local function preferences_in(stanza)
	if stanza.attr.type ~= "set" or not stanza:get_child("prefs", NS_MAM) then return nil; end
	local elements, bytes = extent_of(stanza, PREFERENCES_JIDS + LISTS, PREFERENCES_BYTES);
	return elements <= PREFERENCES_JIDS + LISTS and bytes <= PREFERENCES_BYTES and bytes;
end

-- A request as it waits: its text, and of the stanza no more than its answer needs.
local function request_of(session, stanza)
	local inner = st.clone(stanza);
	inner.attr.xmlns, inner.attr.from = NS_CLIENT, session.full_jid;
	return {
		session = session, stanza = st.stanza(stanza.name, stanza.attr), text = tostring(inner);
		is_query = stanza.attr.type == "set" and stanza:get_child("query", NS_MAM) ~= nil;
	};
end

-- Takes a request in, which then has room until `leave` is called; or refuses it, and returns nil.
function pages.take_in(session, stanza)
	local user, size = session.username, preferences_in(stanza);
	if size == false then
		local text = ("Expected at most %d JIDs in %d bytes"):format(PREFERENCES_JIDS, PREFERENCES_BYTES);
		return nil, refuse(session, stanza, "modify", "policy-violation", text);
	end
	local leave_preferences = size and preferences.enter(user, size);
	local request = (not size or leave_preferences) and request_of(session, stanza);
	if request and #request.text > REQUEST_BYTES then
		if leave_preferences then leave_preferences(); end
		return nil, refuse(session, stanza, "modify", "policy-violation", "The request is too large");
	end
	local leave = request and requests.enter(user, #request.text);
	if not leave then
		if leave_preferences then leave_preferences(); end
		return nil, refuse(session, stanza, "wait", "resource-constraint", "Too many requests wait for the archive");
	end
	function request.leave()
		leave();
		if leave_preferences then leave_preferences(); end
	end
	return request;
end

-- Sends a request to Annals, and its answer to the session that asked.
function pages.pass(request)
	local session = request.session;
	if session.destroyed then return request.leave(); end
	link.pump(true); -- so that the page has what was sent before it was asked for
	local behind = queue.is_behind(session.username) and " behind='true'" or "";
	local text = ("<delegation xmlns='%s'><companion xmlns='%s'%s/><forwarded xmlns='%s'>"):format(
		NS_DELEGATION, NS, behind, NS_FORWARD) .. request.text .. "</forwarded></delegation>";
	link.ask("set", text, function (reply, problem)
		-- Asked again, a page of which a part has come already would come twice.
		if problem == "away" and not request.has_page then return pages.hold(request); end
		if not reply then return pages.give_up(request, problem); end
		request.leave();
		if not session.destroyed then answer(session, request.stanza, reply); end
	end, function (page, sizes)
		request.has_page = true;
		pages.hand_out(session, page, sizes);
	end);
end

-- Refuses a request. Where it was asked in vain, what waits offline must come by itself.
function pages.give_up(request, problem)
	local session = request.session;
	request.leave();
	session.mam_requested = nil;
	if session.annals_owes_offline then
		session.annals_owes_offline = nil;
		module:fire_event("message/offline/broadcast", { origin = session });
	end
	refuse(session, request.stanza, "wait", PROBLEMS[problem][1], PROBLEMS[problem][2]);
end

local held, first_held, last_held = {}, 1, 0; -- requests that wait for Annals to come back, in their order

-- Keeps a request while Annals restarts, for `annals_hold` seconds in all: many clients never ask again.
function pages.hold(request)
	local now = monotonic();
	request.held_until = request.held_until or now + hold;
	if request.held_until <= now then return pages.give_up(request, "away"); end
	last_held = last_held + 1;
	held[last_held] = request;
end

-- Passes on the requests that waited.
function pages.release()
	local waiting, first, last = held, first_held, last_held;
	held, first_held, last_held = {}, 1, 0;
	for i = first, last do pages.try(waiting[i]); end
end

function pages.tick()
	local now = monotonic();
	while held[first_held] and (held[first_held].held_until <= now or held[first_held].session.destroyed) do
		local request = held[first_held];
		held[first_held], first_held = nil, first_held + 1;
		pages.give_up(request, "away");
	end
end

-- Passes on a request, unless it is for the archive of an account of the same name that is gone.
function pages.try(request)
	local user = request.session.username;
	accounts.exists(user); -- and is the one whose archive it is, or that goes
	-- So that nobody ever reads an archive that was another's.
	if queue.deletions[user] then return pages.give_up(request, "deleting"); end
	pages.pass(request);
end

function pages.ask(event)
	local session, stanza = event.origin, event.stanza;
	local request = pages.take_in(session, stanza);
	if not request then return true; end
	if request.is_query then session.mam_requested = true; end
	if link.greeted then pages.try(request); else pages.hold(request); end
	return true;
end

-- XEP-0313 §"Data privacy": an archive is its owner's alone.
function pages.forbid(event)
	if event.to_self then return; end -- which comes next
	return refuse(event.origin, event.stanza, "auth", "forbidden", "An archive is open to its owner only");
end

-- Stanzas where each has to be seen: filters, as those of XEP-0352 and of websockets, hold back or change each of them, and
-- BOSH declares the namespace of each.
local function stanzas_in(text)
	local stanzas = {};
	local stream_of_one = new_xmpp_stream({}, { default_ns = "", handlestanza = function (_, page) stanzas = page.tags; end });
	local ok, err = stream_of_one:feed("<page>" .. text .. "</page>");
	if not ok then module:log("error", "Cannot read a page of Annals: %s", err); end
	return stanzas;
end

-- A message that is its text until somebody looks at it. XEP-0198 keeps each until the client has it, and few are ever
-- looked at again, but reading and copying one costs the server more than sending it.
local TEXT = {}; -- the key of it, which is no name that a stanza has

local function parse(message)
	local stanza = stanzas_in(message[TEXT])[1] or st.message();
	message[TEXT] = nil;
	for key, value in pairs(stanza) do message[key] = value; end
	return setmetatable(message, st.stanza_mt);
end

local unread_mt = {
	__index = function (message, key) return parse(message)[key]; end;
	__len = function (message) return #parse(message); end;
	__tostring = function (message) return message[TEXT]; end;
};

-- The messages of a page by the bytes of each; nil where those are not all.
local function split(text, sizes)
	local messages, first = {}, 1;
	for bytes in sizes:gmatch("%d+") do
		messages[#messages + 1] = setmetatable({ [TEXT] = sub(text, first, first + bytes - 1) }, unread_mt);
		first = first + tonumber(bytes);
	end
	return first == #text + 1 and messages or nil;
end

-- The priority of the filter of mod_smacks, which then does no more than to put each stanza into its queue.
local SMACKS_PRIORITY = -999;

local function only_counts(session, filters)
	local sent = session.outgoing_stanza_queue;
	return session.smacks and not session.hibernating and not session.resending_unacked
		and not filters[2] and filters[filters[1]] == SMACKS_PRIORITY and sent and sent.push;
end

function pages.hand_out(session, text, sizes)
	if session.destroyed then return; end
	local filters = session.filters and session.filters["stanzas/out"];
	local is_filtered = filters and filters[1];
	local messages = is_filtered and only_counts(session, filters) and split(text, sizes);
	if messages then
		for _, message in ipairs(messages) do session.outgoing_stanza_queue:push(message); end
		session.send(text);
	elseif is_filtered or session.bosh_version then
		for _, stanza in ipairs(stanzas_in(text)) do session.send(stanza); end
	else
		session.send(text);
	end
end

for _, name in ipairs({ "query", "prefs", "metadata" }) do
	module:hook("iq-get/self/" .. NS_MAM .. ":" .. name, pages.ask);
	module:hook("iq-get/bare/" .. NS_MAM .. ":" .. name, pages.forbid);
	if name ~= "metadata" then
		module:hook("iq-set/self/" .. NS_MAM .. ":" .. name, pages.ask);
		module:hook("iq-set/bare/" .. NS_MAM .. ":" .. name, pages.forbid);
	end
end

module:hook("account-disco-info", function (event)
	local reply = event.reply or event.stanza;
	for _, feature in ipairs(link.features) do
		if feature ~= NS_SID then reply:tag("feature", { var = feature }):up(); end
	end
	reply:tag("feature", { var = NS_SID }):up(); -- XEP-0359 §"Discovering support": this module gives the ids out
end);

-- Accounts: which exist, and which are gone, with their archives ------------------------------------------------------

local existing = cache.new(cache_size); -- user → { is_there, expires }

-- prosodyctl deletes accounts in another process, and nobody is told. But it purges what is stored under the account's
-- name, such as a mark, while a record under another key stays. So a record without its mark says surely that the
-- account was deleted; and nothing is concluded of who was never recorded, whose archive may have been imported.
local MARK = { known = true };

local function record_of(user)
	return "annals/known/" .. user;
end

-- "there", "lost" or "none"; nil where that cannot be read.
local function mark_of(user)
	local mark, problem = store:get(user);
	if mark or problem then return mark and "there"; end
	local record, unreadable = store:get(record_of(user));
	return not unreadable and (record and "lost" or "none") or nil;
end

-- Where a session outlives its account the mark stays lost, for the name's next owner.
local function recognise(user)
	local mark = mark_of(user);
	if not mark or mark == "there" then return; end
	if mark == "lost" then queue.delete(user); end
	local has_account = usermanager.get_provider(host).user_exists(user); -- not the session
	local is_marked = has_account and store:set(user, MARK);
	if is_marked or mark == "lost" then store:set(record_of(user), MARK); end
end

-- Looking an account up reads its file or asks a database, each time, where there is no session.
function accounts.exists(user)
	local now, known = monotonic(), existing:get(user);
	if not known or known.expires < now then
		local is_there = usermanager.user_exists(user, host) and true or false;
		if is_there then recognise(user); end
		known = { is_there = is_there, expires = now + (is_there and KNOWN_FOR or UNKNOWN_FOR) };
		existing:set(user, known);
	end
	return known.is_there;
end

-- Who logs in may be the name's next owner.
module:hook("resource-bind", function (event) existing:set(event.session.username, nil); end);

function accounts.forget(user)
	existing:set(user, nil);
	policy.known:set(user, nil);
	store:set(record_of(user), nil);
	store:set(user, nil);
end

module:hook_global("user-deleted", function (event)
	if event.host == host then queue.delete(event.username); end
end);

-- prosodyctl, which works beside the server, may have deleted the name's last account unnoticed.
module:hook("user-registered", function (event) queue.delete(event.username); end);

-- Most storages of accounts say "not there" when they fail, too. Then they fail here as well, and say it.
-- Whoever has a session exists, for usermanager.
local account_store = module:open_store("accounts");
local NOT_THERE = { ["Auth failed. Invalid username"] = true };

local function is_surely_absent(user)
	local worked, is_there, err = pcall(usermanager.user_exists, user, host);
	if not worked or is_there or err and not NOT_THERE[err] then return false; end
	local readable, _, problem = pcall(account_store.get, account_store, user);
	return readable and not problem;
end

local look; -- through the names of all archives, while one goes on: { started, total, absent = { user … } }
local suspects = {}; -- user → since when, where the last look found no account
local ask_for_names;

local function look_at(user)
	if queue.deletions[user] then return; end
	local is_absent = is_surely_absent(user);
	if is_absent and mark_of(user) == "lost" then return queue.delete(user); end
	look.total = look.total + 1;
	if is_absent then look.absent[#look.absent + 1] = user; end
end

-- A few at a time, since each lookup stops the whole server.
local function look_up(_, names, first)
	if not link.greeted then look = nil; return; end
	local last = min(first + CHECK_STEP - 1, #names);
	for i = first, last do look_at(names[i]); end
	if last == #names then return ask_for_names(names[last]); end
	module:add_timer(CHECK_PAUSE, look_up, names, last + 1);
end

-- Absent at two looks that are an interval apart means gone; everybody absent, be it a single one, means that something
-- else is wrong.
local function conclude()
	local started, total, absent, known = look.started, look.total, look.absent, suspects;
	look, suspects = nil, {};
	module:log("debug", "Looked for archives without an account: found %d of %d", #absent, total);
	if total > 0 and #absent == total then
		module:log("warn", "None of the %d archives has an account, so none is deleted: are the accounts stored elsewhere?",
			total);
		return;
	end
	for _, user in ipairs(absent) do
		local since = known[user] or started;
		if started - since < check_interval then
			suspects[user] = since;
		elseif is_surely_absent(user) then
			queue.delete(user);
		end
	end
end

function ask_for_names(after)
	local position = after and (" after='%s'"):format(xml_escape(after)) or "";
	link.ask("get", ("<archives xmlns='%s'%s/>"):format(NS, position), function (reply)
		local payload = reply and reply:get_child("archives", NS);
		if not payload then look = nil; return; end
		local names = {};
		for item in payload:childtags("archive", NS) do names[#names + 1] = item.attr.user; end
		if #names == 0 or names[#names] == after then return conclude(); end
		module:add_timer(CHECK_PAUSE, look_up, names, 1);
	end);
end

function accounts.check()
	if look or not link.greeted then return; end
	look = { started = monotonic(), total = 0, absent = {} };
	ask_for_names();
end

-- Beginning and end ---------------------------------------------------------------------------------------------------

local has_replaced_mam, is_leaving = false, false;

-- With both, messages would be in two archives, under two ids, and either might answer.
local function replace_mam()
	if is_leaving then return; end
	has_replaced_mam = true;
	modulemanager.unload(host, "mam");
	module:log("info", "mod_mam is unloaded: Annals keeps the archives of this host");
end

module:hook("module-loaded", function (event) if event.module == "mam" then replace_mam(); end end);
module:hook_global("host-activated", function (name) if name == component then watch_component(); end end);

-- The first thing that keeps Annals from connecting, as far as this server can tell.
local function find_obstacle()
	if not hosts[component] then
		return ("There is no Component %q: expected the one that annals_component names"):format(component);
	elseif not hosts[component].modules.component then
		return ("%q is no Component of its own: expected Component %q, without a module after it"):format(component, component);
	elseif not module:context(component):get_option_string("component_secret") then
		return ("Component %q has no component_secret: expected the secret of Annals' configuration"):format(component);
	end
end

module:hook_global("server-started", function ()
	local obstacle = find_obstacle();
	if obstacle then module:log("error", "%s", obstacle); end
end);

module:add_timer(CONNECT_WITHIN, function ()
	if link.session or find_obstacle() then return; end
	module:log("warn", "Annals has not connected as %q: does it run, with this server's component_secret?", component);
end);

-- At its end the server unloads no modules.
module:hook_global("server-stopped", spool.persist);

function module.unload()
	spool.persist();
	is_leaving = true;
	if has_replaced_mam then modulemanager.load(host, "mam"); end
end

spool.restore();
if hosts[host].modules.mam then replace_mam(); end
if hosts[component] then watch_component(); end

module:add_timer(TICK, function () spool.tick(); link.tick(); pages.tick(); policy.report(); return TICK; end);
module:add_timer(check_interval, function () accounts.check(); return check_interval; end);
