-- Rooms: retraction (XEP-0424), and moderation (XEP-0425) ----------------------------------------------------------------

function rooms.start_moderation()
	local datetime = require "util.datetime".datetime;
	local NS_RETRACT = "urn:xmpp:message-retract:1";
	local NS_MODERATE = "urn:xmpp:message-moderate:1";
	local NS_OCCUPANT_ID = "urn:xmpp:occupant-id:0";
	local NS_CORRECT = "urn:xmpp:message-correct:0";

	-- Namespaces of what stays of a message that is retracted: ids, times, hints, and what it corrects.
	local STAYS = {
		[NS_SID] = true, [NS_OCCUPANT_ID] = true, ["urn:xmpp:delay"] = true, ["urn:xmpp:hints"] = true,
		[NS_CORRECT] = true;
	};

	local function is_left_to_other()
		return hosts[host].modules.muc_moderation ~= nil;
	end

	-- True where this module moderates.
	function rooms.moderates()
		return rooms.settings.tombstones and not is_left_to_other();
	end

	local function say_who_moderates()
		module:log("warn", "mod_muc_moderation is loaded, and moderation is left to it; it looks messages up in the store"
			.. " muc_log, where Annals puts none. Disable it, and Annals moderates");
	end

	module:hook("module-loaded", function (event) if event.module == "muc_moderation" then say_who_moderates(); end end);
	if is_left_to_other() then say_who_moderates(); end

	-- What takes the place of a message's words: what its retraction says.
	local function retracted_by(stanza, retract)
		local moderated = retract:get_child("moderated", NS_MODERATE);
		local retracted = st.stanza("retracted", { xmlns = NS_RETRACT, stamp = datetime(floor(time_now())) });
		if not moderated then
			retracted.attr.id = stanza.attr.id;
			return retracted;
		end
		retracted:add_direct_child(st.clone(moderated));
		local reason = retract:get_child_text("reason");
		if reason then retracted:text_tag("reason", reason); end
		return retracted;
	end

	local function bury(message, retracted)
		message:maptags(function (tag)
			return (STAYS[tag.attr.xmlns] or tag.name == "thread" and not tag.attr.xmlns) and tag or nil;
		end);
		for i = #message, 1, -1 do
			if type(message[i]) == "string" then table.remove(message, i); end
		end
		message:add_direct_child(st.clone(retracted));
		return message;
	end

	local function occupant_id_in(message)
		local tag = message:get_child("occupant-id", NS_OCCUPANT_ID);
		return tag and tag.attr.id;
	end

	-- The id of a message, or of the one that it corrects (XEP-0308): both ends go together.
	local function origin_of(message)
		local replace = message:get_child("replace", NS_CORRECT);
		return replace and replace.attr.id or message.attr.id;
	end

	local function bury_in_history(room, id, is_by_author, retracted)
		local history, origin = room._history or {}, nil;
		for _, entry in ipairs(history) do
			if entry.stanza:get_child_with_attr("stanza-id", NS_SID, "id", id) then origin = origin_of(entry.stanza); end
		end
		for _, entry in ipairs(history) do
			local message = entry.stanza;
			local is_meant = message:get_child_with_attr("stanza-id", NS_SID, "id", id)
				or origin ~= nil and origin_of(message) == origin;
			if is_meant and is_by_author(message) then
				bury(message, retracted);
				entry.chars = nil;
			end
		end
	end

	-- The milliseconds since 1970 at which an id was made, to 16; nil where it is none of this module's.
	local function time_of(id)
		if #id ~= 22 or not id:find("^[%w_-]+$") then return nil; end
		local high = 0;
		for i = 1, 8 do high = high * 64 + find(ALPHABET, sub(id, i, i), 1, true) - 1; end
		return high * 16 + EPOCH;
	end

	-- Rewrites the entry of this id in the text of a batch. The text is that of entries.lua: an opening tag, in which no value
	-- has "<" or ">"; then a section of CDATA, in which there is no "]]>".
	local function rewritten(body, id, change)
		local position, mark = 1, " room='" .. id .. "'";
		while true do
			local first, opened = find(body, "'><![CDATA[", position, true);
			if not first then return nil; end
			local closing = find(body, CLOSING_TAG, opened, true);
			if find(sub(body, position, first), mark, 1, true) then
				local message = rooms.parse(sub(body, opened + 1, closing - 1));
				if not message or not change(message) then return nil; end
				return sub(body, 1, opened) .. tostring(message) .. sub(body, closing);
			end
			position = closing + #CLOSING_TAG;
		end
	end

	local function bury_in_batch(batch, position, id, change)
		local was_in_memory = batch.text ~= nil;
		if not was_in_memory and not spool.load(batch, position) then return; end
		local body = queue.body_of(batch);
		local changed = rewritten(body, id, change);
		if changed then
			batch.text = opening_of(batch.seq) .. changed .. CLOSING;
			batch.bytes, queue.bytes = batch.bytes + #changed - #body, queue.bytes + #changed - #body;
			if batch.has_file then spool.store(batch, position); end
		end
		if not was_in_memory and batch.is_stored then batch.text = nil; end
		return changed;
	end

	-- Batches are in the order of their entries' ids, which say when they were made.
	local function bury_in_queue(id, change)
		local at = time_of(id);
		if not at then return; end
		queue.close();
		local next_since = math.huge;
		for position = queue.last, queue.first, -1 do
			local batch = queue.batches[position];
			if batch and not batch.deleted and batch.count > 0 then
				local since = batch.since or 0;
				if since <= at + 16 and next_since >= at and bury_in_batch(batch, position, id, change) then return; end
				next_since = since;
				if since ~= 0 and since < at - 1000 then return; end
			end
		end
	end

	-- Takes the words of a message that is retracted out of what this server still has of it.
	function rooms.retract(room, stanza, retract)
		local id, author = retract.attr.id, occupant_id_in(stanza);
		if not id or not rooms.settings.tombstones then return; end
		local is_moderation = stanza.attr.from == room.jid and retract:get_child("moderated", NS_MODERATE) ~= nil;
		local at, max_age = time_of(id), rooms.settings.max_age;
		if not is_moderation and at and max_age and at / 1000 + max_age < time_now() then return; end
		local retracted = retracted_by(stanza, retract);
		local function is_by_author(message)
			return is_moderation or author ~= nil and occupant_id_in(message) == author;
		end
		bury_in_history(room, id, is_by_author, retracted);
		bury_in_queue(id, function (message)
			return jid_bare(message.attr.from) == room.jid and is_by_author(message) and bury(message, retracted);
		end);
	end

	-- Moderation ------------------------------------------------------------------------------------------------------------

	local function announce(room, moderator, id, reason)
		local nick, bare = room:get_occupant_jid(moderator), jid_bare(moderator);
		local message = st.message({ type = "groupchat", from = room.jid, id = random_id() })
			:tag("retract", { xmlns = NS_RETRACT, id = id })
				:tag("moderated", { xmlns = NS_MODERATE, by = nick or room.jid })
					:tag("occupant-id", { xmlns = NS_OCCUPANT_ID, id = room:get_occupant_id({ bare_jid = bare }) }):up()
				:up();
		if reason then message:text_tag("reason", reason); end
		message:reset();
		room:broadcast_message(message);
		module:log("info", "A message of the room %s was retracted by a moderator", room.jid);
	end

	module:hook("iq-set/bare/" .. NS_MODERATE .. ":moderate", function (event)
		local session, stanza = event.origin, event.stanza;
		local room, moderator = rooms.find(stanza.attr.to), stanza.attr.from;
		if not room or not rooms.archives(room) or not rooms.moderates() then return; end
		local moderate = stanza.tags[1];
		local id, reason = moderate.attr.id, moderate:get_child_text("reason");
		if not rooms.is_moderator(room, moderator) then
			return refuse(session, stanza, "auth", "forbidden", "Only moderators may moderate");
		elseif not id or not moderate:get_child("retract", NS_RETRACT) then
			return refuse(session, stanza, "modify", "bad-request", "Expected the id of a message, and <retract/>");
		elseif not link.greeted then
			return refuse(session, stanza, "wait", PROBLEMS.away[1], PROBLEMS.away[2]);
		end
		local leave = requests.enter(jid_bare(moderator), #id + #(reason or ""));
		if not leave then
			return refuse(session, stanza, "wait", "resource-constraint", "Too many requests wait for the archive");
		end
		link.pump(true); -- what is to be found may be in the queue
		local question = ("<find xmlns='%s' room='%s' id='%s'/>"):format(NS, xml_escape(jid_split(room.jid)), xml_escape(id));
		link.ask("get", question, function (reply, problem)
			leave();
			room = rooms.find(room.jid);
			if not reply then
				return refuse(session, stanza, "wait", PROBLEMS[problem][1], PROBLEMS[problem][2]);
			elseif reply.attr.type ~= "result" then
				local error_type, condition, text = reply:get_error();
				return refuse(session, stanza, error_type or "cancel", condition or "item-not-found", text);
			elseif not room or not rooms.is_moderator(room, moderator) then
				return refuse(session, stanza, "auth", "forbidden", "Only moderators may moderate");
			end
			announce(room, moderator, id, reason);
			if not session.destroyed then session.send(st.reply(stanza)); end
		end);
		return true;
	end);
end

function rooms.start()
	rooms.start_life();
	rooms.start_stamping();
	rooms.start_requests();
	rooms.start_history();
	rooms.start_moderation();
end
