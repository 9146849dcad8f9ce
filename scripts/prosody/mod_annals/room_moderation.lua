-- Rooms: retraction (XEP-0424), and moderation (XEP-0425) ----------------------------------------------------------------

function rooms.start_moderation()
	local NS_MODERATE = "urn:xmpp:message-moderate:1";
	local NS_OCCUPANT_ID = "urn:xmpp:occupant-id:0";

	local function is_left_to_other()
		return hosts[host].modules.muc_moderation ~= nil;
	end

	-- True where this module moderates.
	function rooms.moderates()
		return erasing.is_wanted and not is_left_to_other();
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
		local retracted = erasing.retracted(not moderated and stanza.attr.id or nil);
		if not moderated then return retracted; end
		retracted:add_direct_child(st.clone(moderated));
		local reason = retract:get_child_text("reason");
		if reason then retracted:text_tag("reason", reason); end
		return retracted;
	end

	local function occupant_id_in(message)
		local tag = message:get_child("occupant-id", NS_OCCUPANT_ID);
		return tag and tag.attr.id;
	end

	-- What a retraction of the message with this id takes along: the message, and what it corrects or corrects it, by the
	-- same author. Only the author retracts, or the room itself.
	local function new_grave(room, id, author, is_moderation)
		local grave = {}; -- origin and author of the message, once it was met

		function grave.takes(message, is_meant)
			local its_author = occupant_id_in(message);
			if jid_bare(message.attr.from) ~= room.jid or not (is_moderation or author and its_author == author) then return false; end
			if is_meant then grave.origin, grave.author = erasing.origin_of(message), its_author; end
			return is_meant or grave.origin ~= nil and its_author == grave.author and erasing.origin_of(message) == grave.origin;
		end

		function grave.is_meant(message)
			return message:get_child_with_attr("stanza-id", NS_SID, "id", id) ~= nil;
		end

		return grave;
	end

	local function bury_in_history(room, grave, retracted)
		local history = room._history or {};
		for _, entry in ipairs(history) do
			if grave.is_meant(entry.stanza) then grave.takes(entry.stanza, true); end
		end
		for _, entry in ipairs(history) do
			if grave.takes(entry.stanza, grave.is_meant(entry.stanza)) then
				erasing.bury(entry.stanza, retracted);
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
				local is_there = since <= at + 16 and next_since >= at;
				if is_there and erasing.erase_in(batch, position, " room='" .. id .. "'", change) then return; end
				next_since = since;
				if since ~= 0 and since < at - 1000 then return; end
			end
		end
	end

	-- Takes the words of a message that is retracted out of what this server still has of it.
	function rooms.retract(room, stanza, retract)
		local id, author = retract.attr.id, occupant_id_in(stanza);
		if not id or not erasing.is_wanted then return; end
		local is_moderation = stanza.attr.from == room.jid and retract:get_child("moderated", NS_MODERATE) ~= nil;
		local at, max_age = time_of(id), erasing.max_age;
		if not is_moderation and at and max_age and at / 1000 + max_age < time_now() then return; end
		local retracted = retracted_by(stanza, retract);
		local grave = new_grave(room, id, author, is_moderation);
		bury_in_history(room, grave, retracted);
		bury_in_queue(id, function (message, opening)
			local is_meant = find(opening, " room='" .. id .. "'", 1, true) ~= nil;
			return is_meant and grave.takes(message, true) and erasing.bury(message, retracted);
		end);
		if not grave.origin then return; end
		erasing.search("id='" .. escaped_value(grave.origin) .. "'", function (message)
			return grave.takes(message, false) and erasing.bury(message, retracted);
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
