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

-- A sent message is stamped for the sender's other sessions, which get it as a carbon (XEP-0280); often there is none.
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
	local key = sha1(user .. "\n" .. attr.from .. "\n" .. (attr.id or stanza:get_child_text("body") or ""));
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
for _, kind in ipairs(rooms.here and {} or { "bare", "full" }) do
	module:hook("pre-message/" .. kind, on_sent, 0);
	module:hook("pre-message/" .. kind, on_sent_last, -1);
	module:hook("message/" .. kind, on_received, 0);
end

-- An archived message needs no bounce where nothing else has stored it, as without mod_offline.
module:hook("message/offline/handle", function (event)
	if event.stanza:get_child_with_attr("stanza-id", NS_SID, "by", event.username .. "@" .. host) then return true; end
end, -2);

-- A session that has asked for the archive gets from there what came meanwhile.
module:hook("message/offline/broadcast", function (event)
	if not event.origin.mam_requested then return; end
	event.origin.annals_owes_offline = true;
	return true;
end);

