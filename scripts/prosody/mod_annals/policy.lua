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

-- The memory of an entry must not grow with what people send.
local function left_out_key(user, id)
	return user .. "\n" .. (#id > 64 and sha1(id) or id);
end

-- RFC 6120 §8.3.1: the error stanza may include the XML that was sent.
local function brings_message_back(tags)
	for i = 1, #tags do
		if tags[i].name ~= "error" then return true; end
	end
	return false;
end

-- A bounce of one's own message comes to a full JID; other errors answer what the account sent by itself, as PEP does. Some
-- servers send the message back in it, others its id alone.
local function is_bounce(stanza, is_sent)
	local user, _, resource = jid_split(stanza.attr.to);
	if is_sent or not resource or left_out:get(left_out_key(user, stanza.attr.id or "")) then return false; end
	return not brings_message_back(stanza.tags) or content_in(stanza.tags) ~= nil;
end

-- Tells if a message is archived, and why. Hints come before all else, also on errors.
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
	event.annals_reason = why;
	return should;
end, -1);

local function is_stripped_bare(stanza)
	for _, tag in ipairs(stanza.tags) do
		if not policy.stripped[tag.attr.xmlns] then return false; end
	end
	return true;
end

function policy.should_keep(origin, stanza, is_sent)
	local should, why;
	if events.get_handlers("archive-should-store")[2] then
		local event = { stanza = stanza, session = origin, is_sent = is_sent };
		should = module:fire_event("archive-should-store", event);
		-- Another module's reason may be any text, or none.
		why = event.annals_reason or "another module";
	else
		should, why = should_archive(stanza, is_sent);
	end
	if should and is_stripped_bare(stanza) then should, why = false, "empty when stripped"; end
	if should then return true; end
	if is_sent and stanza.attr.id then left_out:set(left_out_key(origin.username, stanza.attr.id), true); end
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
			.. " until then it is handed all messages, and decides");
		conversation = nil;
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

-- True when the owner wants a message archived; "contact" or "stranger" where Annals has to decide by that.
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

