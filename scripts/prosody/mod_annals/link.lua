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
	link.asked[id] = {
		respond = respond, on_page = on_page, expires = monotonic() + request_timeout, bytes = #payload, number = last_id;
	};
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

local function take_settings(settings)
	policy.set(settings);
	erasing.set(settings);
	if rooms.here then rooms.set(settings); end
end

local function on_greeting(greeting)
	go_on_after(greeting.attr.newest);
	link.features = {};
	for item in greeting:childtags("feature", NS) do link.features[#link.features + 1] = item.attr.var; end
	local settings = greeting:get_child("settings", NS);
	if settings then take_settings(settings); end
	link.greeted, link.seq = true, 0;
	module:log("info", "Annals keeps the archives of this host; %d messages waited for it", queue.size);
	link.pump();
	pages.release();
	accounts.check();
	if rooms.here then rooms.fetch_histories(); end
end

local function greet()
	link.greet_at = nil;
	local session = link.session;
	local kind = rooms.here and " rooms='true'" or "";
	link.ask("set", ("<greeting xmlns='%s' version='%s'%s/>"):format(NS, VERSION, kind), function (reply)
		if not reply and link.session ~= session then return; end
		local greeting = reply and reply.attr.type == "result" and reply:get_child("greeting", NS);
		local is_of_kind = greeting and (not rooms.here or greeting.attr.rooms == "true");
		if is_of_kind and greeting.attr.version == VERSION then return on_greeting(greeting); end
		link.greet_at = monotonic() + request_timeout;
		local error_type, condition, text = (reply or st.stanza("iq")):get_error();
		if rooms.here and reply and error_type ~= "wait" then return rooms.be_refused(text or condition); end
		module:log("warn", "Annals does not answer the greeting of version %s: %s",
			VERSION, text or condition or "no answer, or one of another version");
	end);
end

local function close()
	if link.greeted then module:log("warn", "Annals is away; messages for the archives wait for it"); end
	link.session, link.greeted, link.unread = nil, false, 0;
	queue.rewind();
	policy.forget();
	local asked = {};
	for _, request in pairs(link.asked) do asked[#asked + 1] = request; end
	link.asked = {};
	table.sort(asked, function (a, b) return a.number < b.number; end); -- requests are asked again in their order
	for _, request in ipairs(asked) do request.respond(nil, "away"); end
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

local handlers = { settings = take_settings, preferences = policy.learn };

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

