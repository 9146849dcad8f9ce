-- mod_annals: the archives of a host's accounts (XEP-0313), kept by Annals outside the server.
--
--   modules_enabled = { "annals" }                -- in place of "mam"
--   annals_component = "archive.example.com"      -- Annals, as a Component of this server (XEP-0114)
--   annals_max_queue = 100000                     -- messages kept while Annals is away; then the oldest are given up
--   annals_check_interval = 3600                  -- seconds between two searches for archives without an account
--   annals_cache_size = 10000                     -- accounts of which is remembered what was asked about them
--   annals_request_timeout = 60                   -- seconds until a request is given up, or a refused greeting repeated
--
-- The module decides what is archived, as mod_mam does and at the same points; stamps the archive id on what the account
-- receives; hands messages over until Annals has stored them; and passes requests there and pages back. What the two say
-- to each other is PROTOCOL.md. The sections follow a message on its way: ids, kinds, owners, hooks, queue, stream;
-- then accounts that are gone, and requests.

local cache = require "util.cache";
local jid = require "util.jid";
local random_bytes = require "util.random".bytes;
local random_id = require "util.id".medium;
local rostermanager = require "core.rostermanager";
local st = require "util.stanza";
local monotonic, time_now = require "util.time".monotonic, require "util.time".now; -- the clock may be set back
local usermanager = require "core.usermanager";
local new_xmpp_stream = require "util.xmppstream".new;

local floor, max, min = math.floor, math.max, math.min;
local concat, find, gsub, sub = table.concat, string.find, string.gsub, string.sub;
local jid_bare, jid_resource, jid_prepped_split = jid.bare, jid.resource, jid.prepped_split;
local xml_escape = st.xml_escape;

local NS = "annals:companion";
local NS_CLIENT = "jabber:client";
local NS_DELEGATION = "urn:xmpp:delegation:2";
local NS_FORWARD = "urn:xmpp:forward:0";
local NS_HINTS = "urn:xmpp:hints";
local NS_MAM = "urn:xmpp:mam:2";
local NS_SID = "urn:xmpp:sid:0";

local VERSION = "1";
local WINDOW = 4; -- batches on their way
local BATCH_BYTES = 256 * 1024;
local MESSAGE_BYTES = 480 * 1024; -- more than that Annals could not serve
local MOST_PIECES = 50000; -- that are kept for the next messages
local BATCHES_IN_MEMORY = 16; -- of those that wait; the others are in storage only
local GATHER = 0.05; -- seconds that a message waits for others: each batch costs the server as much as several messages
local TICK = 2; -- seconds: what waits longer is in storage
local REQUEST_BYTES = 1024 * 1024; -- of a user's: at more Annals may end the stream, for which everybody would pay
local KNOWN_FOR, UNKNOWN_FOR = 600, 10; -- seconds that an account's existence, or absence, is remembered
local CHECK_PAUSE, CHECK_STEP = 0.02, 4; -- seconds between lookups of accounts, and how many at once: each blocks

local host = module.host;
local component = module:get_option_string("annals_component");
local max_queue = module:get_option_number("annals_max_queue", 100000);
local check_interval = module:get_option_number("annals_check_interval", 3600);
local cache_size = module:get_option_number("annals_cache_size", 10000);
local request_timeout = module:get_option_number("annals_request_timeout", 60);
local store = module:open_store("annals");

if not component then
	error("annals_component is not set: expected the address of Annals, a Component of this server", 0);
end

-- All that this host has in mind; each section below has its functions in the table of its name.
local clock = module:shared("/*/annals/clock"); -- the number of the last id, one for all hosts
local people = {
	exist = cache.new(cache_size); -- user → { answer, until when }
	preferences = cache.new(cache_size); -- user → { default, rules = { jid → boolean } }
	asked = {}; -- user → true, while Annals is asked for the preferences
};
local queue = {
	batches = {}; -- position → batch, with gaps where some were given up
	first = 1; -- position of the oldest batch
	last = 0; -- position of the newest one
	sent = 0; -- position of the last one that is on its way
	on_their_way = 0; -- how many are
	size = 0; -- entries in all batches
	newest_of = {}; -- user → position of the last batch with an entry for that archive
	restored = 0; -- last position that an earlier run has left: its batches may be anybody's
	deletions = {}; -- user → deletions that wait
	given_up = 0; -- entries, since it was last logged
};
local stream = {
	session = nil; -- of the component, when it is connected
	greeted = false; -- whether it has answered the greeting
	seq = 0; -- of the last batch sent
	asked = {}; -- id → request that waits for its answer
	last_id = 0;
	id_prefix = "annals-" .. random_id() .. "-"; -- what an earlier run of the module has asked is none of this one's
	policy = nil; -- what holds without preferences; unknown before the first greeting
	features = { NS_MAM, NS_MAM .. "#extended", NS_SID };
	stripped = { ["http://jabber.org/protocol/chatstates"] = true };
};
local check = { suspects = {} }; -- user → since when, where an archive had no account when last looked at
local requests = {};

local measure_queued = module:measure("queued", "amount");
local measure_acknowledged = module:measure("acknowledged", "counter");
local measure_given_up = module:measure("given_up", "counter");

-- Ids: a number that only grows, and random bytes that nobody guesses ---------------------------------------------------

local EPOCH = 1577836800000; -- 2020-01-01, in milliseconds
local MOST = 2^52; -- due in 2054; what an insane clock makes would be the greatest for good, and more than Annals takes

clock.last = clock.last or 0;

-- Two letters of base64url (RFC 4648 §5) for each 12 bits. An id is made of them without making any other string: the
-- server's collector makes garbage the greater part of what a message costs.
local LETTERS = {};
do
	local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	for i = 0, 4095 do
		local high, low = floor(i / 64) + 1, i % 64 + 1;
		LETTERS[i] = alphabet:sub(high, high) .. alphabet:sub(low, low);
	end
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

local function go_on_after(number)
	number = tonumber(number);
	if number and number < 2^53 then
		clock.last = max(clock.last, floor(number));
	end
end

-- Kinds: which messages are conversation (XEP-0313 §"Business Rules") ----------------------------------------------------

local CONVERSATION = {
	["urn:xmpp:receipts"] = "receipt"; -- XEP-0184
	["urn:xmpp:chat-markers:0"] = "marker"; -- XEP-0333
	["urn:xmpp:jingle-message:0"] = "call"; -- XEP-0353
	["urn:xmpp:jingle-message:1"] = "call";
};
local CONVERSATION_BY_NAME = {
	[NS_CLIENT] = { body = "body", subject = "subject" };
	["urn:xmpp:eme:0"] = { encryption = "encrypted" }; -- XEP-0380
	["jabber:x:conference"] = { x = "invitation" }; -- XEP-0249
};

local function reason_in(tag)
	local xmlns = tag.attr.xmlns or NS_CLIENT;
	if xmlns == "http://jabber.org/protocol/muc#user" then
		return tag.name == "x" and tag:get_child("invite") and "invitation"; -- XEP-0045 §7.8.2
	end
	local names = CONVERSATION_BY_NAME[xmlns];
	return CONVERSATION[xmlns] or names and names[tag.name];
end

local function should_archive(stanza)
	local kind = stanza.attr.type;
	if kind == "headline" or kind == "groupchat" then
		return false, kind; -- the room archives the latter
	elseif kind == "error" then
		-- A bounce of one's own message comes to a full JID; others answer what the account sent by itself, as PEP does.
		return jid_resource(stanza.attr.to) ~= nil, "bounce";
	end
	local reason;
	local tags = stanza.tags;
	for i = 1, #tags do
		local tag = tags[i];
		if tag.attr.xmlns ~= NS_HINTS then
			reason = reason or reason_in(tag);
		elseif tag.name == "no-store" or tag.name == "no-permanent-store" then
			return false, "hint";
		elseif tag.name == "store" then
			reason = reason or "hint";
		end
	end
	return reason ~= nil, reason or "default";
end

-- The event of mod_mam, with the same fallback, so that what other modules have to say on it holds here too.
module:hook("archive-should-store", function (event)
	local should, why = should_archive(event.stanza);
	event.reason = why;
	return should;
end, -1);

local function is_stripped_bare(stanza)
	for _, tag in ipairs(stanza.tags) do
		if not stream.stripped[tag.attr.xmlns] then return false; end
	end
	return true;
end

local events = prosody.hosts[host].events;

local function decide(origin, stanza)
	if not events.get_handlers("archive-should-store")[2] then return should_archive(stanza); end
	local event = { stanza = stanza, session = origin };
	return module:fire_event("archive-should-store", event), event.reason;
end

local function should_keep(origin, stanza)
	local should, why = decide(origin, stanza);
	if should and not is_stripped_bare(stanza) then return true; end
	module:log("debug", "Not archiving a message: %s", why);
	return false;
end

-- Owners: which accounts exist, and what they want archived (XEP-0441) ---------------------------------------------------

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
	if mark then return "there"; end
	if problem then return nil; end
	local record, unreadable = store:get(record_of(user));
	if unreadable then return nil; end
	return record and "lost" or "none";
end

-- Where a session outlives its account the mark stays lost, for the name's next owner.
function people.recognise(user)
	local mark = mark_of(user);
	if not mark or mark == "there" then return; end
	if mark == "lost" then queue.delete(user); end
	local has_account = usermanager.get_provider(host).user_exists(user); -- not the session
	local is_marked = has_account and store:set(user, MARK);
	if is_marked or mark == "lost" then store:set(record_of(user), MARK); end
end

-- Looking an account up reads its file or asks a database, each time, where there is no session.
function people.exists(user)
	local now, known = monotonic(), people.exist:get(user);
	if not known or known.expires < now then
		local answer = usermanager.user_exists(user, host) and true or false;
		if answer then people.recognise(user); end
		known = { answer = answer, expires = now + (answer and KNOWN_FOR or UNKNOWN_FOR) };
		people.exist:set(user, known);
	end
	return known.answer;
end

-- Who logs in may be the name's next owner.
module:hook("resource-bind", function (event)
	people.exist:set(event.session.username, nil);
end);

function people.forget(user)
	people.exist:set(user, nil);
	people.preferences:set(user, nil);
	store:set(record_of(user), nil);
	store:set(user, nil);
end

-- Preferences hold for as long as the stream, on which Annals says when they change.
function people.forget_preferences()
	people.preferences = cache.new(cache_size);
	people.asked = {};
end

function people.learn(payload)
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
	people.preferences:set(user, known);
end

function people.ask(user)
	if not stream.greeted or people.asked[user] then return; end
	people.asked[user] = true;
	stream.ask("get", ("<preferences xmlns='%s' user='%s'/>"):format(NS, xml_escape(user)), function (reply)
		people.asked[user] = nil;
		local payload = reply and reply:get_child("preferences", NS);
		if payload and payload.attr.user == user then people.learn(payload); end
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
	local known = people.preferences:get(user);
	if not known then return nil; end
	local rules, rule = known.rules, nil;
	if next(rules) then
		rule = rules[other];
		if rule == nil then rule = rules[jid_bare(other)]; end
	end
	if rule == nil then rule = known.default or stream.policy; end
	return rule;
end

local DECISIONS = { always = true, never = false, [true] = true, [false] = false };

-- Whether the owner wants a message archived; "contact" or "stranger" where Annals has to decide by that.
function people.want(user, other)
	local rule = rule_for(user, other);
	local decision = DECISIONS[rule];
	if decision ~= nil then return decision; end
	-- Only here, since the roster of somebody who is offline is read from storage.
	local is_contact = in_roster(user, other);
	if rule == "roster" then return is_contact; end
	if not people.preferences:get(user) then people.ask(user); end
	return is_contact and "contact" or "stranger";
end

-- Hooks: where a message passes ------------------------------------------------------------------------------------------

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
			return shallow_copy(stanza):maptags(function (tag)
				return not is_id_of(user, tag) and tag or nil;
			end);
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
	local wanted = people.exists(user) and people.want(user, other);
	if not wanted then return entry; end
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
	local user = prosody.hosts[host].sessions[origin.username];
	return user and next(user.sessions, next(user.sessions)) ~= nil;
end

local function on_sent(event)
	local origin = event.origin;
	local user = origin.username;
	local stanza = without_ids(event.stanza, user);
	local seen, is_kept, entry, id = stanza, should_keep(origin, stanza), nil, nil;
	if is_kept then
		entry, id = archive(event, stanza, user, stanza.attr.to or origin.full_jid, queue.SENT);
		if id and has_other_sessions(origin) then seen = with_id(stanza, user, id); end
	end
	event.stanza = seen;
	passed.event, passed.user, passed.is_kept, passed.entry, passed.id = event, user, is_kept, entry, id;
	passed.stanza, passed.children, passed.seen, passed.seen_children = stanza, #stanza, seen, #seen;
end

-- Of a JID that is prepared already, as all are at these hooks; jid.split() would be a tenth of what a message costs.
local function user_of(address)
	return sub(address, 1, find(address, "@", 1, true) - 1);
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

-- Not where another module made it a different message meanwhile.
local function has_passed(event)
	return passed.event == event and passed.stanza == event.stanza and passed.children == #event.stanza;
end

local function on_received(event)
	local origin, original = event.origin, event.stanza;
	local is_known = has_passed(event);
	local user = user_of(original.attr.to or origin.full_jid);
	local stanza, id = without_ids(original, user), nil;
	if is_known and passed.user == user then
		-- To oneself: it has its one place in the archive already.
		id = passed.id;
	elseif is_known and passed.is_kept or not is_known and should_keep(origin, stanza) then
		local entry = is_known and passed.entry or nil;
		if entry and stanza ~= original then entry = queue.rewrite(entry, stanza); end
		id = select(2, archive(event, stanza, user, stanza.attr.from, queue.RECEIVED, entry));
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
	if event.origin.mam_requested then return true; end
end);

-- Queue: entries, gathered to batches, kept until they are acknowledged --------------------------------------------------

-- What was handed in last are pieces of text, in one table that is used again, and joined once for many messages: the
-- server's collector makes the garbage that strings are the greater part of what a message costs.
local pieces, written, size = {}, 0, 0; -- how many are written, and bytes of the message
local joined = 0; -- how many there were before those
local fresh = {
	count = 0; -- entries in the pieces
	bytes = 0; -- of them all, at most
	first = 0; -- number of pieces before the last entry,
	last = 0; -- and to its end
	size = 0; -- bytes of its message
	at = 0; -- milliseconds
	opening = "";
	owners = {}; -- user → true
};

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
	if find(value, "'", 1, true) then value = gsub(value, "['&<>]", REFERENCES); return value; end
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

-- So many that giving up a batch, which is done as a whole, gives up a tenth at most.
local batch_entries = max(1, min(1000, floor(max_queue / 10)));

local function write_entry(first, stanza)
	written, size = first + HEAD, 0;
	write(stanza);
	written = written + 1;
	pieces[written] = CLOSING_TAG;
end

-- Takes an entry, which may change as long as it is open, and returns its place; nil where it is too large. The event loop
-- runs no timers as long as there is something to read, so many entries do not wait for theirs.
function queue.add(stanza, at)
	if fresh.bytes >= BATCH_BYTES / 4 or fresh.count >= batch_entries then queue.flush(); end
	write_entry(fresh.last, stanza);
	if size > MESSAGE_BYTES then
		module:log("warn", "A message of %d bytes is not archived: it is too large", size);
		return nil;
	elseif fresh.count > 0 and fresh.bytes + TAG_BYTES + size > BATCH_BYTES then
		queue.flush();
		return queue.add(stanza, at);
	end
	if fresh.count == 0 then module:add_timer(GATHER, queue.flush); end
	if at ~= fresh.at then fresh.at, fresh.opening = at, "<entry at='" .. at; end
	local first = fresh.last;
	pieces[first + 1], pieces[first + HEAD] = fresh.opening, "'><![CDATA[";
	for i = first + 2, first + HEAD - 1 do pieces[i] = ""; end
	fresh.first, fresh.last, fresh.size = first, written, size;
	fresh.count, fresh.bytes = fresh.count + 1, fresh.bytes + TAG_BYTES + size;
	return joined + first;
end

function queue.is_open(entry)
	return entry >= joined;
end

-- Says in an entry that it is in an archive, under this id.
function queue.stamp(entry, place, user, id, wanted)
	local at = entry - joined + place.position;
	pieces[at], pieces[at + 1], pieces[at + 2] = place.label, id, place.conditions[wanted];
	fresh.owners[user] = true;
end

-- Writes another message in place of the last entry's, and returns its place; nil where it cannot be changed any more.
function queue.rewrite(entry, stanza)
	if entry - joined ~= fresh.first or fresh.count == 0 then return nil; end
	write_entry(fresh.first, stanza);
	fresh.last, fresh.bytes, fresh.size = written, fresh.bytes + size - fresh.size, size;
	return entry;
end

function queue.flush()
	if fresh.count == 0 then return; end
	local position = queue.put(concat(pieces, "", 1, fresh.last), fresh.count);
	for user in pairs(fresh.owners) do
		queue.newest_of[user], fresh.owners[user] = position, nil;
	end
	if #pieces > MOST_PIECES then pieces = {}; end
	joined = joined + fresh.last;
	fresh.count, fresh.bytes, fresh.last = 0, 0, 0;
	queue.shrink();
	stream.pump();
	measure_queued(queue.size);
end

-- Appends to the newest batch, or to one more where nothing can be added to that. Returns its position.
function queue.put(text, count)
	local batch = queue.batches[queue.last];
	if not batch or not batch.open or batch.count + count > batch_entries or batch.bytes + #text > BATCH_BYTES then
		batch = queue.append({ open = true, parts = {}, bytes = 0, count = 0 });
	end
	-- Joined only when it is sent or stored.
	batch.parts[#batch.parts + 1] = text;
	batch.bytes, batch.count, batch.is_stored = batch.bytes + #text, batch.count + count, false;
	queue.size, queue.unstored = queue.size + count, true;
	return queue.last;
end

-- Nothing is added to the batch before it any more; if many wait before that, it waits in storage only.
function queue.append(batch)
	local previous = queue.batches[queue.last];
	if previous and previous.parts then
		previous.open = false;
		local is_far = queue.last - queue.sent > BATCHES_IN_MEMORY;
		if is_far and (previous.is_stored or queue.store(previous, queue.last)) then previous.parts = nil; end
	end
	queue.last = queue.last + 1;
	queue.batches[queue.last] = batch;
	return batch;
end

-- A key that is no user name, so that no deletion of an account takes it along (RFC 7622 §3.3.1).
local function key_of(position)
	return ("annals/%d"):format(position);
end

function queue.store(batch, position)
	local ok, err = store:set(key_of(position), { body = concat(batch.parts), count = batch.count });
	if not ok then module:log("error", "Cannot store messages for Annals: %s", err); end
	batch.is_stored = ok and true or false;
	batch.has_file = batch.has_file or batch.is_stored; -- also when it grows, and the file is older than it
	return batch.is_stored;
end

-- The batch, in memory; nil when there is none any more, false when it cannot be read at present.
function queue.load(position)
	local batch = queue.batches[position];
	if batch.deleted or batch.parts then return batch; end
	local kept, err = store:get(key_of(position));
	if kept and kept.body then
		queue.size = queue.size + kept.count - batch.count;
		batch.parts, batch.count = { kept.body }, kept.count;
		return batch;
	end
	if err then module:log("error", "Cannot read stored messages for Annals: %s", err); end
	return not err and nil;
end

function queue.remove(position)
	local batch = queue.batches[position];
	queue.batches[position] = nil;
	queue.size = queue.size - batch.count;
	if batch.has_file then
		store:set(key_of(position), nil);
		queue.unlisted = true;
	end
	while queue.first <= queue.last and not queue.batches[queue.first] do queue.first = queue.first + 1; end
	queue.sent = max(queue.sent, queue.first - 1);
	return batch;
end

-- Where too much waits, the oldest of what is not on its way goes. Deletions are promises, and small: they stay.
function queue.shrink()
	local position = queue.sent + 1;
	while queue.size > max_queue and position <= queue.last do
		local batch = queue.batches[position];
		if batch and not batch.deleted then
			queue.remove(position);
			queue.given_up = queue.given_up + batch.count;
			measure_given_up(batch.count);
		end
		position = position + 1;
	end
end

-- The account is gone, or its name begins anew: everything before belonged to another.
function queue.delete(user)
	queue.flush();
	queue.append({ deleted = user, count = 0 });
	queue.deletions[user] = (queue.deletions[user] or 0) + 1;
	queue.persist(); -- a crash must not leave the archive to the name's next owner
	people.forget(user);
	stream.pump();
end

-- Whether something waits for this archive that was not sent yet.
function queue.is_behind(user)
	return queue.sent < max(queue.newest_of[user] or 0, queue.restored);
end

function queue.next_position()
	for position = queue.sent + 1, queue.last do
		if queue.batches[position] then return position; end
	end
end

-- Nothing passes a deletion, in either direction. A batch that may still grow waits for what is on its way, so that the
-- busier it gets, the fewer and larger batches there are; unless somebody wants to see what is in it.
function queue.may_send(batch, at_once)
	if queue.on_their_way == 0 then return true; end
	if batch.deleted or queue.batches[queue.first].deleted or queue.on_their_way >= WINDOW then return false; end
	return at_once or not batch.open;
end

-- The next batch to go out, if there is one and it may go.
function queue.take(at_once)
	local position = queue.next_position();
	while position do
		local batch = queue.batches[position];
		if not queue.may_send(batch, at_once) then return nil; end
		batch = queue.load(position);
		if batch then
			batch.open = false;
			queue.sent, queue.on_their_way = position, queue.on_their_way + 1;
			return batch;
		elseif batch == false then
			return nil;
		end
		queue.remove(position); -- acknowledged before the server broke down
		position = queue.next_position();
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
		if batch.deleted then queue.deleted(batch.deleted); end
	end
	measure_acknowledged(acknowledged);
	measure_queued(queue.size);
	stream.pump();
end

function queue.deleted(user)
	local left = queue.deletions[user] - 1;
	queue.deletions[user] = left > 0 and left or nil;
	queue.unlisted = true;
	module:log("info", "What the archive of %s held of an account that is gone is deleted", user);
end

-- The stream is over: what was on its way and is not acknowledged is sent again.
function queue.rewind()
	queue.sent, queue.on_their_way = queue.first - 1, 0;
end

-- Brings everything to storage: at the end, and every few seconds while nothing is acknowledged.
function queue.persist()
	queue.flush();
	local list = {};
	for position = queue.first, queue.last do
		local batch = queue.batches[position];
		if batch then
			local stored = batch.deleted or batch.is_stored or queue.store(batch, position);
			if stored then list[#list + 1] = { position, batch.count, batch.deleted }; end
		end
	end
	-- As text: not every storage keeps numbers of this size exactly.
	local ok = store:set("annals/list", { next = queue.last + 1, newest = ("%.0f"):format(clock.last), batches = list });
	queue.unstored, queue.unlisted = not ok, not ok;
	module:log("debug", "Stored what waits for Annals: %d messages", queue.size);
end

function queue.restore()
	local kept, err = store:get("annals/list");
	if err then module:log("error", "Cannot read what waits for Annals: %s", err); end
	if not kept then return; end
	go_on_after(kept.newest);
	queue.first, queue.last = kept.next, kept.next - 1;
	for _, item in ipairs(kept.batches) do
		local position, count, deleted = item[1], item[2], item[3];
		queue.batches[position] = { count = count, deleted = deleted, is_stored = not deleted, has_file = not deleted };
		queue.size = queue.size + count;
		queue.first = min(queue.first, position);
		if deleted then queue.deletions[deleted] = (queue.deletions[deleted] or 0) + 1; end
	end
	queue.sent, queue.restored = queue.first - 1, queue.last;
end

function queue.tick()
	local is_stuck = queue.first <= queue.last and queue.first == queue.first_before;
	queue.first_before = queue.first;
	if queue.unlisted or is_stuck and queue.unstored then queue.persist(); end
	if queue.given_up > 0 and (queue.warned or -60) + 60 < monotonic() then
		module:log("warn", "Gave up the oldest %d messages that waited for Annals: more than %d wait",
			queue.given_up, max_queue);
		queue.given_up, queue.warned = 0, monotonic();
	end
	stream.pump();
end

-- Stream: greeting, batches and answers ----------------------------------------------------------------------------------

local function address(stanza_type, id)
	return (" from='%s' to='%s' type='%s' id='%s'"):format(host, component, stanza_type, id);
end

-- Sends a request. `respond` gets the answer, or nil and "timeout" or "away".
function stream.ask(kind, payload, respond)
	stream.last_id = stream.last_id + 1;
	local id = stream.id_prefix .. stream.last_id;
	local request = { respond = respond, expires = monotonic() + request_timeout };
	stream.asked[id] = request;
	stream.session.send("<iq" .. address(kind, id) .. ">" .. payload .. "</iq>");
	return request;
end

local function message_of(batch)
	local opening = "<message from='" .. host .. "' to='" .. component .. "'>";
	if batch.deleted then
		return opening .. ("<deleted xmlns='%s' seq='%d' user='%s'/></message>"):format(NS, batch.seq, xml_escape(batch.deleted));
	end
	local parts = batch.parts;
	local length = #parts + 1;
	parts[0] = opening .. ("<batch xmlns='%s' seq='%d'>"):format(NS, batch.seq);
	parts[length] = "</batch></message>";
	local text = concat(parts, "", 0, length);
	parts[length] = nil;
	return text;
end

-- Sends what may be sent. It goes to the component's stream as text: a stanza of this size costs more to build than the
-- messages in it.
function stream.pump(at_once)
	while stream.greeted do
		local batch = queue.take(at_once);
		if not batch then return; end
		stream.seq = stream.seq + 1;
		batch.seq = stream.seq;
		stream.session.send(message_of(batch));
	end
end

function stream.set(settings)
	local policies = { ["true"] = true, ["false"] = false, roster = "roster" };
	stream.policy = policies[settings.attr.policy];
	stream.stripped = {};
	for item in settings:childtags("strip", NS) do
		if item.attr.namespace then stream.stripped[item.attr.namespace] = true; end
	end
end

function stream.greet()
	stream.greet_at = nil;
	local session = stream.session;
	stream.ask("set", ("<greeting xmlns='%s' version='%s'/>"):format(NS, VERSION), function (reply)
		if not reply and stream.session ~= session then return; end
		local greeting = reply and reply.attr.type == "result" and reply:get_child("greeting", NS);
		if greeting and greeting.attr.version == VERSION then
			stream.on_greeting(greeting);
		else
			local _, condition, text = (reply or st.stanza("iq")):get_error();
			module:log("warn", "Annals does not answer the greeting of version %s: %s",
				VERSION, text or condition or "no answer, or one of another version");
			stream.greet_at = monotonic() + request_timeout;
		end
	end);
end

function stream.on_greeting(greeting)
	go_on_after(greeting.attr.newest);
	local features = {};
	for item in greeting:childtags("feature", NS) do features[#features + 1] = item.attr.var; end
	stream.features = features;
	local settings = greeting:get_child("settings", NS);
	if settings then stream.set(settings); end
	stream.greeted, stream.seq = true, 0;
	module:log("info", "Annals keeps the archives of this host; %d messages waited for it", queue.size);
	stream.pump();
	check.start();
end

function stream.open(session)
	stream.close();
	stream.session = session;
	stream.greet();
end

function stream.close()
	if stream.greeted then module:log("warn", "Annals is away; messages for the archives wait for it"); end
	stream.session, stream.greeted = nil, false;
	queue.rewind();
	people.forget_preferences();
	local asked = stream.asked;
	stream.asked = {};
	for _, request in pairs(asked) do request.respond(nil, "away"); end
end

-- The session that was replaced is told of after the one that replaced it.
local function on_disconnected(event)
	if event.session == stream.session then stream.close(); end
end

-- mod_component tells of its streams on the component's own host, which may be activated after this one.
local function watch_component()
	local context = module:context(component);
	context:hook("component-authenticated", function (event) stream.open(event.session); end);
	context:hook("component-disconnected", on_disconnected);
	local connection = prosody.hosts[component].modules.component;
	if connection and connection.session then stream.open(connection.session); end
end

-- Nobody else is listened to, whatever address they write on their stanzas.
local function is_from_annals(event)
	return event.origin == stream.session and event.stanza.attr.from == component;
end

module:hook("iq/host", function (event)
	local stanza = event.stanza;
	if not is_from_annals(event) or stanza.attr.type ~= "result" and stanza.attr.type ~= "error" then return; end
	local id = stanza.attr.id;
	if not id then return true; end -- mod_iq cannot stand it
	local request = stream.asked[id];
	if not request then return; end
	stream.asked[id] = nil;
	request.respond(stanza);
	return true;
end, 10);

local handlers = {};

function handlers.ack(payload)
	local seq = tonumber(payload.attr.seq);
	if seq and seq <= stream.seq then queue.acknowledge(seq); end
end

function handlers.settings(payload)
	stream.set(payload);
end

function handlers.preferences(payload)
	people.learn(payload);
end

function handlers.page(payload)
	local request = stream.asked[payload.attr.request or ""];
	if request and request.session then
		requests.hand_out(request.session, payload:get_text(), payload.attr.sizes or "");
	end
end

module:hook("message/host", function (event)
	if not stream.greeted or not is_from_annals(event) then return; end
	for _, payload in ipairs(event.stanza.tags) do
		local handler = payload.attr.xmlns == NS and handlers[payload.name];
		if handler then
			handler(payload);
			return true;
		end
	end
end, 10);

function stream.tick()
	local now = monotonic();
	local expired = {};
	for id, request in pairs(stream.asked) do
		if request.expires < now then expired[#expired + 1] = id; end
	end
	for _, id in ipairs(expired) do
		local request = stream.asked[id];
		stream.asked[id] = nil;
		request.respond(nil, "timeout");
	end
	if stream.session and stream.greet_at and stream.greet_at < now then stream.greet(); end
end

-- Accounts that are gone --------------------------------------------------------------------------------------------------

module:hook_global("user-deleted", function (event)
	if event.host == host then queue.delete(event.username); end
end);

-- prosodyctl, which works beside the server, may have deleted the name's last account unnoticed.
module:hook("user-registered", function (event)
	queue.delete(event.username);
end);

-- Most storages of accounts say "not there" when they fail, too. Then they fail here as well, and say it.
-- Whoever has a session exists, for usermanager.
local account_store = module:open_store("accounts");
local NOT_THERE = { ["Auth failed. Invalid username"] = true };

local function is_surely_absent(user)
	local worked, answer, err = pcall(usermanager.user_exists, user, host);
	if not worked or answer or err and not NOT_THERE[err] then return false; end
	local readable, _, problem = pcall(account_store.get, account_store, user);
	return readable and not problem;
end

-- Goes through the names of all archives, a few at a time, since each lookup stops the whole server.
function check.start()
	if check.running or not stream.greeted then return; end
	check.running, check.started, check.total, check.absent = true, monotonic(), 0, {};
	check.ask();
end

function check.stop()
	check.running = false;
end

function check.ask(after)
	local position = after and (" after='%s'"):format(xml_escape(after)) or "";
	stream.ask("get", ("<archives xmlns='%s'%s/>"):format(NS, position), function (reply)
		local payload = reply and reply:get_child("archives", NS);
		if not payload then return check.stop(); end
		local names = {};
		for item in payload:childtags("archive", NS) do names[#names + 1] = item.attr.user; end
		if #names == 0 or names[#names] == after then return check.finish(); end
		module:add_timer(CHECK_PAUSE, check.look_up, names, 1);
	end);
end

function check.look_at(user)
	if queue.deletions[user] then return; end
	local is_absent = is_surely_absent(user);
	if is_absent and mark_of(user) == "lost" then return queue.delete(user); end
	check.total = check.total + 1;
	if is_absent then check.absent[#check.absent + 1] = user; end
end

function check.look_up(_, names, first)
	if not stream.greeted then return check.stop(); end
	for i = first, min(first + CHECK_STEP - 1, #names) do
		check.look_at(names[i]);
	end
	if first + CHECK_STEP <= #names then
		module:add_timer(CHECK_PAUSE, check.look_up, names, first + CHECK_STEP);
	else
		check.ask(names[#names]);
	end
end

-- Absent at two looks that are an interval apart means gone; everybody absent, be it a single one, means that something
-- else is wrong.
function check.finish()
	check.stop();
	local suspects = {};
	if check.total > 0 and #check.absent == check.total then
		module:log("warn", "None of the %d archives has an account, so none is deleted: are the accounts stored elsewhere?",
			check.total);
	else
		for _, user in ipairs(check.absent) do
			local since = check.suspects[user] or check.started;
			if check.started - since < check_interval then
				suspects[user] = since;
			elseif is_surely_absent(user) then
				queue.delete(user);
			end
		end
	end
	check.suspects = suspects;
end

-- Requests: to Annals in the form of XEP-0355, and back to the session that asked -----------------------------------------

local function refuse(session, stanza, condition, text)
	if not session.destroyed then session.send(st.error_reply(stanza, "wait", condition, text)); end
end

local PROBLEMS = { timeout = "remote-server-timeout", away = "recipient-unavailable" };

-- XEP-0355 §4.3: the answer is an IQ inside the answer. Only its content is taken from it; the addresses are known.
local function answer(session, stanza, reply)
	local inner = reply:find("{" .. NS_DELEGATION .. "}delegation/{" .. NS_FORWARD .. "}forwarded/{" .. NS_CLIENT .. "}iq");
	local kind = inner and inner.attr.type;
	if kind ~= "result" and kind ~= "error" then
		local error_type, condition, text = reply:get_error();
		session.send(st.error_reply(stanza, error_type or "cancel", condition or "internal-server-error", text));
		return;
	end
	inner.attr = st.reply(stanza).attr;
	inner.attr.type = kind;
	session.send(inner);
end

local function forwarded(session, stanza)
	local inner = st.clone(stanza);
	inner.attr.xmlns, inner.attr.from = NS_CLIENT, session.full_jid;
	local behind = queue.is_behind(session.username) and " behind='true'" or "";
	return ("<delegation xmlns='%s'><companion xmlns='%s'%s/><forwarded xmlns='%s'>"):format(
		NS_DELEGATION, NS, behind, NS_FORWARD) .. tostring(inner) .. "</forwarded></delegation>";
end

function requests.pass_on(event)
	local session, stanza = event.origin, event.stanza;
	if not stream.greeted then
		refuse(session, stanza, "recipient-unavailable", "The archive is away");
		return true;
	end
	people.exists(session.username); -- and is the one whose archive it is, or that goes
	if queue.deletions[session.username] then
		-- So that nobody ever reads an archive that was another's.
		refuse(session, stanza, "resource-constraint", "The archive of the last account of this name is being deleted");
		return true;
	end
	-- So that the page has what was sent before it was asked for.
	queue.flush();
	stream.pump(true);
	local text = forwarded(session, stanza);
	if #text > REQUEST_BYTES then
		session.send(st.error_reply(stanza, "modify", "policy-violation", "The request is too large"));
		return true;
	end
	local request = stream.ask("set", text, function (reply, problem)
		if session.destroyed then return; end
		if reply then
			answer(session, stanza, reply);
		else
			session.mam_requested = nil;
			refuse(session, stanza, PROBLEMS[problem]);
		end
	end);
	request.session = session;
	-- Where it was asked in vain, what waits offline must come by itself.
	if stanza.attr.type == "set" and stanza:get_child("query", NS_MAM) then session.mam_requested = true; end
	return true;
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
local unread_mt = {};
local TEXT = {}; -- the key of it, which is no name that a stanza has

local function read(message)
	local stanza = stanzas_in(message[TEXT])[1] or st.message();
	message[TEXT] = nil;
	for key, value in pairs(stanza) do message[key] = value; end
	return setmetatable(message, st.stanza_mt);
end

function unread_mt.__index(message, key)
	return read(message)[key];
end

function unread_mt.__len(message)
	return #read(message);
end

function unread_mt.__tostring(message)
	return message[TEXT];
end

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

function requests.hand_out(session, text, sizes)
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

for _, request in ipairs({ "iq-get/self/%s:query", "iq-set/self/%s:query", "iq-get/self/%s:prefs", "iq-set/self/%s:prefs",
	"iq-get/self/%s:metadata" }) do
	module:hook(request:format(NS_MAM), requests.pass_on);
end

module:hook("account-disco-info", function (event)
	local reply = event.reply or event.stanza;
	for _, feature in ipairs(stream.features) do reply:tag("feature", { var = feature }):up(); end
end);

-- Beginning and end -------------------------------------------------------------------------------------------------------

local function warn_of_mam()
	module:log("warn", "mod_mam and mod_annals are both enabled: remove \"mam\" from modules_enabled");
end

module:hook("module-loaded", function (event)
	if event.module == "mam" then warn_of_mam(); end
end);

module:hook_global("host-activated", function (activated)
	if activated == component then watch_component(); end
end);

module:hook_global("server-started", function ()
	if not prosody.hosts[component] then
		module:log("error", "There is no Component %q: expected the one that annals_component names", component);
	end
end);

-- At its end the server unloads no modules.
module:hook_global("server-stopped", queue.persist);

function module.unload()
	queue.persist();
end

queue.restore();
if prosody.hosts[host].modules.mam then warn_of_mam(); end
if prosody.hosts[component] then watch_component(); end

module:add_timer(TICK, function ()
	queue.tick();
	stream.tick();
	return TICK;
end);
module:add_timer(check_interval, function ()
	check.start();
	return check_interval;
end);
