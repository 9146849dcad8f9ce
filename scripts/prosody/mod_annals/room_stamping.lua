-- Rooms: what a room broadcasts gets its id and is handed over ---------------------------------------------------------
--
-- Each part for rooms is a function, since Lua bounds the local variables that one function may have.

function rooms.start_stamping()
	local NS_OCCUPANT_ID = "urn:xmpp:occupant-id:0";

	local last = {}; -- the message that a room took last: { room, nick, jid }

	-- XEP-0359 §"Business Rules": also where no id is added.
	local function is_id_by(room, tag)
		return tag.name == "stanza-id" and tag.attr.xmlns == NS_SID and tag.attr.by ~= nil
			and jid.prep(tag.attr.by) == room.jid;
	end

	local function is_muc_user(tag)
		return tag.name == "x" and tag.attr.xmlns == NS_MUC_USER;
	end

	-- Few messages have any of it, and copying all children costs as much as the rest.
	local function strip(stanza, is_forged)
		local tags = stanza.tags;
		for i = 1, #tags do
			if is_forged(tags[i]) then
				return stanza:maptags(function (tag) return not is_forged(tag) and tag or nil; end);
			end
		end
	end

	-- Only the room itself says what these say (XEP-0313 §"MUC Archives", §"Security Considerations").
	module:hook("muc-occupant-groupchat", function (event)
		local room, stanza = event.room, event.stanza;
		last.room, last.nick, last.jid = room, event.occupant and event.occupant.nick, event.from;
		strip(stanza, function (tag)
			return is_id_by(room, tag) or is_muc_user(tag) or tag.attr.xmlns == NS_OCCUPANT_ID;
		end);
	end, 1000);

	module:hook("muc-broadcast-message", function (event)
		local room, stanza, history = event.room, event.stanza, event.room._history;
		local is_of_room = stanza.attr.from == room.jid; -- a change of its configuration is said so
		strip(stanza, function (tag) return is_id_by(room, tag) or not is_of_room and is_muc_user(tag); end);
		event.annals_newest = history and history[#history];
	end, 1);

	-- Tells if a message is archived, and why not.
	local function should_archive(stanza)
		local tags, has_store, has_content = stanza.tags, false, policy.conversation == nil;
		local is_stripped_bare = true;
		for i = 1, #tags do
			local tag = tags[i];
			if tag.attr.xmlns == "urn:xmpp:hints" then
				if tag.name == "no-store" or tag.name == "no-permanent-store" then return false, "hint"; end
				has_store = has_store or tag.name == "store";
			end
			if not policy.stripped[tag.attr.xmlns] and tag.attr.xmlns ~= NS_OCCUPANT_ID and not is_muc_user(tag) then
				is_stripped_bare = false;
			end
		end
		if not (has_content or has_store or content_in(tags)) then return false, "no content"; end
		if is_stripped_bare then return false, "empty when stripped"; end
		return true;
	end

	-- What is kept beside a message, as attributes of its entry; the last one is closed by what follows.
	local function beside(room, stanza)
		local nick = stanza.attr.from;
		local occupant = room._occupants[nick];
		if not occupant then return ""; end
		local is_last = last.room == room and last.nick == nick and occupant.sessions[last.jid];
		return ("' jid='%s' affiliation='%s' role='%s' occupant-id='%s"):format(
			escaped_value(is_last and last.jid or occupant.jid or occupant.bare_jid),
			room:get_affiliation(occupant.bare_jid) or "none", occupant.role or "none",
			escaped_value(room:get_occupant_id(occupant)));
	end

	-- Puts a message into the queue; returns its id, or nil where it is too large.
	local function hand_over(room, stanza)
		local id, at = new_id();
		local to = stanza.attr.to;
		stanza.attr.to = nil;
		local entry = queue.add(stanza, at);
		stanza.attr.to = to;
		if not entry then return nil; end
		local first, attributes, node = entry - joined + queue.SENT.position, beside(room, stanza), jid_split(room.jid);
		pieces[first], pieces[first + 1], pieces[first + 2] = "' room='", id, attributes;
		open.bytes, queue.bytes, open.since = open.bytes + #attributes, queue.bytes + #attributes, open.since or floor(clock.last / 4096) + EPOCH;
		queue.newest_of[node] = queue.last;
		rooms.emptied:set(node, nil);
		return id;
	end

	local function id_tag(room, id)
		return st.stanza("stanza-id", { xmlns = NS_SID, by = room.jid, id = id });
	end

	-- Prosody keeps a copy for who joins, and has made it already.
	local function stamp_history(room, newest, stanza, id)
		local history = room._history or {};
		for i = #history, 1, -1 do
			local kept = history[i].stanza;
			if history[i] == newest then return; end
			if kept.attr.from == stanza.attr.from and kept.attr.id == stanza.attr.id then
				return kept:add_direct_child(id_tag(room, id));
			end
		end
	end

	-- After everything that may refuse a message, so that ids have the order of what occupants get. The stanza is the one
	-- that goes to them.
	module:hook("muc-broadcast-message", function (event)
		local room, stanza = event.room, event.stanza;
		if stanza.attr.type ~= "groupchat" or not rooms.archives(room) then return; end
		local should, why = should_archive(stanza);
		if not should then return policy.skip(why); end
		rooms.begin(room);
		local retract = stanza:get_child("retract", NS_RETRACT);
		if retract then rooms.retract(room, stanza, retract); end
		local id = hand_over(room, stanza);
		if not id then return; end
		stamp_history(room, event.annals_newest, stanza, id);
		stanza:add_direct_child(id_tag(room, id));
	end, -1000000);
end
