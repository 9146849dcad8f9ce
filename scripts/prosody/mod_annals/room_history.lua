-- Rooms: what whoever joins is shown, also after a restart --------------------------------------------------------------

function rooms.start_history()
	local async = require "util.async";
	local datetime = require "util.datetime".datetime;
	local NS_MUC = "http://jabber.org/protocol/muc";
	local PATIENCE = 1; -- seconds that somebody who joins waits for it
	local MOST = 200; -- messages that are asked for

	-- Rooms that the server has read from its storage, with the last message only, and whose history is not fetched yet →
	-- { is_wanted, asked, until, waiting = { function … } }
	local unfetched = setmetatable({}, { __mode = "k" });
	local started = monotonic();

	local function release(room)
		local fetch = unfetched[room];
		unfetched[room] = nil;
		for _, done in ipairs(fetch and fetch.waiting or {}) do done(); end
	end

	local function id_of(room, message)
		local tag = message:get_child_with_attr("stanza-id", NS_SID, "by", room.jid);
		return tag and tag.attr.id;
	end

	-- The entry of Prosody's history for a message of the archive; nil where a room would not keep it for who joins.
	local function history_entry(room, item)
		local message, at = erasing.parse(item:get_text()), tonumber(item.attr.at);
		if not message or not at then return nil; end
		if not module:fire_event("muc-message-is-historic", { room = room, stanza = message }) then return nil; end
		local seconds = floor(at / 1000);
		message.attr.to = "";
		message:tag("delay", { xmlns = "urn:xmpp:delay", from = room.jid, stamp = datetime(seconds) }):up();
		message:tag("stanza-id", { xmlns = NS_SID, by = room.jid, id = item.attr.room }):up();
		return { stanza = message, timestamp = seconds };
	end

	-- Puts what the archive has before what the room has got meanwhile.
	local function fill(room, items)
		local history, has = {}, {};
		for _, item in ipairs(items) do
			local entry = history_entry(room, item);
			if entry then
				history[#history + 1] = entry;
				has[item.attr.room] = true;
			end
		end
		for _, entry in ipairs(room._history or {}) do
			if not has[id_of(room, entry.stanza) or ""] then history[#history + 1] = entry; end
		end
		while #history > room:get_historylength() do table.remove(history, 1); end
		if #history > 0 then room._history = history; end
	end

	local function fetch(room)
		local node, state = jid_split(room.jid), unfetched[room];
		if not link.greeted or not state or state.asked then return; end
		rooms.begin(room);
		if queue.deletions[node] then return release(room); end
		state.asked = true;
		link.pump(true); -- so that what waits here is there
		local most = min(2 * room:get_historylength(), MOST); -- not all that is archived is shown
		local question = ("<recent xmlns='%s' room='%s' max='%d'/>"):format(NS, xml_escape(node), most);
		link.ask("get", question, function (reply, problem)
			if unfetched[room] ~= state then return; end
			if problem == "away" then state.asked = false; return; end -- asked again after the next greeting
			local payload = reply and reply:get_child("recent", NS);
			if payload and not room.destroying and not queue.deletions[node] then fill(room, payload.tags); end
			release(room);
		end);
	end

	function rooms.fetch_histories()
		local list = {};
		for room, state in pairs(unfetched) do
			if state.is_wanted then list[#list + 1] = room; end
		end
		for _, room in ipairs(list) do fetch(room); end
	end

	module:hook("muc-room-restored", function (event)
		local room = event.room;
		if not rooms.archives(room) or room._data.destroyed or room:get_historylength() == 0 then return; end
		unfetched[room] = { waiting = {} };
	end);

	-- Before mod_muc looks at a presence, since nothing may change while it takes somebody in. Where the server cannot wait,
	-- as for components, there is what there is.
	module:hook("presence/full", function (event)
		local stanza, now = event.stanza, monotonic();
		if stanza.attr.type or not stanza:get_child("x", NS_MUC) then return; end
		local room = rooms.find(jid_bare(stanza.attr.to));
		local state = room and unfetched[room];
		if not state then return; end
		-- Only now: a server with many rooms reads and forgets some all the time.
		state.is_wanted = true;
		fetch(room);
		if not unfetched[room] or not async.ready() then return; end
		if not link.greeted and now > started + CONNECT_WITHIN then return; end
		state["until"] = state["until"] or now + PATIENCE;
		if state["until"] <= now then return; end
		local wait, done = async.waiter(1, true);
		state.waiting[#state.waiting + 1] = done;
		module:add_timer(state["until"] - now, done);
		wait();
		if event.origin.destroyed then return true; end
	end, 5);
end
