-- Rooms: who may read an archive, and what of it ------------------------------------------------------------------------

function rooms.start_requests()
	local AFFILIATED = { owner = true, admin = true, member = true };

	PROBLEMS.deleting[2] = "The archive of the last room of this name is being deleted";

	-- The occupant that somebody is in a room, in this session or in another one of the same account.
	local function occupant_of(room, asker)
		local occupant, bare = room:get_occupant_by_real_jid(asker), jid_bare(asker);
		if occupant then return occupant; end
		for _, other in pairs(room._occupants) do
			if other.bare_jid == bare then return other; end
		end
	end

	function rooms.is_moderator(room, asker)
		local occupant = occupant_of(room, asker);
		local role = occupant and occupant.role or room:get_default_role(room:get_affiliation(asker));
		return role == "moderator";
	end

	-- XEP-0313 §"MUC Archives": who may not enter may not read. What cannot be known of who is outside, as a password, counts
	-- as a refusal.
	local function may_read(room, asker)
		local affiliation = room:get_affiliation(asker);
		if AFFILIATED[affiliation] then return true; end
		if affiliation == "outcast" or room:get_members_only() then return false; end
		if room:get_password() or room:get_hidden() or room._data.locked then return occupant_of(room, asker) ~= nil; end
		return true;
	end

	local function may_see_jids(room, asker)
		return room:get_whois() == "anyone" or rooms.is_moderator(room, asker);
	end

	-- Somebody of another server has no session here, and gets each stanza over its route.
	local function session_of(event)
		local origin = event.origin;
		if origin.type == "c2s" and origin.full_jid == event.stanza.attr.from then return origin; end
		return { is_remote = true, send = function (stanza) module:send(stanza); end };
	end

	local function forbid(session, stanza)
		return refuse(session, stanza, "auth", "forbidden", "The archive of this room is open to those who may enter it");
	end

	-- Passes on a request. It may have waited: what holds now decides.
	function pages.try(request)
		local session, stanza = request.session, request.stanza;
		if session.destroyed then return request.leave(); end
		local room, asker = rooms.find(stanza.attr.to), stanza.attr.from;
		if not room or not rooms.archives(room) then
			request.leave();
			return refuse(session, stanza, "cancel", "item-not-found");
		elseif not may_read(room, asker) then
			request.leave();
			return forbid(session, stanza);
		end
		rooms.begin(room);
		-- So that nobody ever reads an archive that was another's.
		if queue.deletions[request.owner] then return pages.give_up(request, "deleting"); end
		request.mark = " archive='room'" .. (may_see_jids(room, asker) and " jids='true'" or "");
		pages.pass(request);
	end

	local function ask(event)
		local stanza = event.stanza;
		local room, asker = rooms.find(stanza.attr.to), stanza.attr.from;
		local session = session_of(event);
		if not room then return refuse(session, stanza, "cancel", "item-not-found"); end
		if not rooms.archives(room) then return; end
		if not may_read(room, asker) then return forbid(session, stanza); end
		local request = pages.take_in(session, stanza, jid_split(room.jid), jid_bare(asker));
		if not request then return true; end
		if link.greeted then pages.try(request); else pages.hold(request); end
		return true;
	end

	module:hook("iq-get/bare/" .. NS_MAM .. ":query", ask);
	module:hook("iq-set/bare/" .. NS_MAM .. ":query", ask);
	module:hook("iq-get/bare/" .. NS_MAM .. ":metadata", ask);
end
