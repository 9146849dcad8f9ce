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
	inner.attr.xmlns, inner.attr.from = NS_CLIENT, session.full_jid or inner.attr.from;
	return {
		session = session, stanza = st.stanza(stanza.name, stanza.attr), text = tostring(inner);
		is_query = stanza.attr.type == "set" and stanza:get_child("query", NS_MAM) ~= nil;
	};
end

-- Takes a request in, which then has room until `leave` is called; or refuses it, and returns nil. A room's requests are
-- counted by who asks.
function pages.take_in(session, stanza, room, asker)
	local user, size = asker or session.username, preferences_in(stanza);
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
	request.owner = room or user;
	function request.leave()
		leave();
		if leave_preferences then leave_preferences(); end
	end
	return request;
end

-- Sends a request to Annals, and its answer to the session that asked.
function pages.pass(request)
	local session = request.session;
	link.pump(true); -- so that the page has what was sent before it was asked for
	local behind = queue.is_behind(request.owner) and " behind='true'" or "";
	local text = ("<delegation xmlns='%s'><companion xmlns='%s'%s%s/><forwarded xmlns='%s'>"):format(
		NS_DELEGATION, NS, behind, request.mark or "", NS_FORWARD) .. request.text .. "</forwarded></delegation>";
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
	if not rooms.here then session.mam_requested = nil; end
	if not rooms.here and session.annals_owes_offline then
		session.annals_owes_offline = nil;
		module:fire_event("message/offline/broadcast", { origin = session });
	end
	refuse(session, request.stanza, "wait", PROBLEMS[problem][1], PROBLEMS[problem][2]);
end

local held = {}; -- requests that wait for Annals to come back, in their order

-- Keeps a request while Annals restarts, for `annals_hold` seconds in all: many clients never ask again.
function pages.hold(request)
	local now = monotonic();
	request.held_until = request.held_until or now + hold;
	if request.held_until <= now then return pages.give_up(request, "away"); end
	held[#held + 1] = request;
end

-- Passes on the requests that waited.
function pages.release()
	local waiting = held;
	held = {};
	for _, request in ipairs(waiting) do pages.try(request); end
end

function pages.tick()
	local waiting = held;
	held = {};
	for _, request in ipairs(waiting) do
		-- A session that is gone gives its room back at once, wherever its requests stand.
		if request.session.destroyed then request.leave(); else pages.hold(request); end
	end
end

-- Passes on a request, unless it is for the archive of an account of the same name that is gone.
function pages.try(request)
	if request.session.destroyed then return request.leave(); end -- it has no name any more
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
	elseif is_filtered or session.bosh_version or session.is_remote then
		for _, stanza in ipairs(stanzas_in(text)) do session.send(stanza); end
	else
		session.send(text);
	end
end

for _, name in ipairs(rooms.here and {} or { "query", "prefs", "metadata" }) do
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

