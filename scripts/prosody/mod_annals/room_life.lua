-- Rooms: which are archived and for how long, and which are gone -------------------------------------------------------

function rooms.start_life()
	local muc = module:depends("muc");
	local log_all = module:get_option_boolean("muc_log_all_rooms", false);
	local log_by_default = module:get_option_boolean("muc_log_by_default", true);
	local configs = module:open_store("config"); -- of mod_muc
	local ENABLE = "muc#roomconfig_enablearchiving"; -- of mod_muc_mam, as is room._data.archiving
	local EXPIRE = "{" .. NS .. "}expires_after_days";
	local DAY = 24 * 60 * 60;

	rooms.retention = nil; -- seconds for which Annals keeps messages
	rooms.is_refused = false; -- Annals has said that it does not archive these rooms
	rooms.emptied = cache.new(1000); -- room → true, where its archive was deleted and nothing came since

	function rooms.set(settings)
		rooms.is_refused = false;
		rooms.retention = tonumber(settings.attr.retention);
	end

	function rooms.be_refused(why)
		if not rooms.is_refused then
			module:log("warn", "Annals does not archive these rooms: %s. Expected an Annals that knows rooms, with %q in `rooms`"
				.. " of its configuration; until then nothing is archived", why or "it answers as for accounts", host);
		end
		rooms.is_refused = true;
	end

	-- The room of a JID, where there is one; not what mod_muc leaves in the place of one that was destroyed.
	function rooms.find(room_jid)
		local room = muc.get_room_from_jid(room_jid);
		return room and not room._data.destroyed and room or nil;
	end

	local function is_enabled(room)
		if log_all then return true; end
		local archiving = room._data.archiving;
		if archiving == nil then return log_by_default; end
		return archiving;
	end

	-- A room that is the host itself has no name to keep an archive under.
	function rooms.archives(room)
		return not rooms.is_refused and is_enabled(room) and jid_split(room.jid) ~= nil;
	end

	-- Retention -----------------------------------------------------------------------------------------------------------

	local function tell_retention(node, seconds)
		if not link.greeted then return; end
		local value = seconds and (" seconds='%d'"):format(seconds) or "";
		link.session.send(("<message from='%s' to='%s'><retention xmlns='%s' room='%s'%s/></message>"):format(
			host, component, NS, xml_escape(node), value));
	end

	-- The configuration of a room, which need not be in memory; nil where there is no such room, or that is not known.
	local function data_of(node)
		for room in muc.live_rooms() do
			if room.jid == node .. "@" .. host then return room._data; end
		end
		local config, problem = configs:get(node);
		return config and config._data, problem;
	end

	local noted = {}; -- room → its retention as Annals has it, or false, while the rooms are looked at

	function rooms.note_archive(item)
		if item.attr.room then noted[item.attr.room] = tonumber(item.attr.retention) or false; end
	end

	-- Annals is told what it has missed.
	local function correct_retention(node, data)
		local seconds = noted[node];
		noted[node] = nil;
		if seconds ~= nil and data.annals_retention ~= (seconds or nil) then tell_retention(node, data.annals_retention); end
	end

	module:hook("muc-config-form", function (event)
		local room, form = event.room, event.form;
		if rooms.is_refused then return; end
		if not log_all then
			table.insert(form, { name = ENABLE, type = "boolean", label = "Enable archiving?", value = is_enabled(room) });
		end
		local most, own = rooms.retention, room._data.annals_retention;
		local most_days = most and (", at most %d"):format(floor(most / DAY)) or "";
		table.insert(form, {
			name = EXPIRE, type = "text-single", datatype = "xs:integer", value = own and floor(own / DAY) or nil;
			label = ("Days for which messages are archived%s (empty: the server's default)"):format(most_days);
		});
	end);

	module:hook("muc-config-submitted/" .. ENABLE, function (event)
		if log_all or is_enabled(event.room) == event.value then return; end
		event.room._data.archiving = event.value;
		event.status_codes[event.value and "170" or "171"] = true;
	end);

	module:hook("muc-config-submitted/" .. EXPIRE, function (event)
		local room, days = event.room, tonumber(event.value);
		local seconds = days and days > 0 and min(floor(days) * DAY, rooms.retention or math.huge) or nil;
		if room._data.annals_retention == seconds then return; end
		room._data.annals_retention = seconds;
		event.status_codes["104"] = true;
		tell_retention(jid_split(room.jid), seconds);
	end);

	-- Features --------------------------------------------------------------------------------------------------------------

	module:hook("muc-disco#info", function (event)
		local reply = event.reply;
		if link.features and rooms.archives(event.room) then
			for _, feature in ipairs(link.features) do
				if feature ~= NS_SID then reply:tag("feature", { var = feature }):up(); end
			end
			if rooms.moderates() then reply:tag("feature", { var = "urn:xmpp:message-moderate:1" }):up(); end
		end
		reply:tag("feature", { var = NS_SID }):up(); -- XEP-0359: forged ids are taken out everywhere
	end);

	-- Beginning and end of rooms ----------------------------------------------------------------------------------------------

	local RECORD = { known = true };

	local function record_of(node)
		return "annals/known/" .. node;
	end

	local function delete(node)
		if not rooms.emptied:get(node) then queue.delete(node); end
		rooms.emptied:set(node, true);
	end

	-- A room begins without an archive. Whatever Annals has under its name is another's, where the room was made under the
	-- eyes of this module, or where there is a record of an archive and not the room's mark. A room without either is older
	-- than the module, and may have an archive that was imported.
	function rooms.begin(room)
		if room.annals_has_begun then return; end
		local node, data = jid_split(room.jid), room._data;
		if not data.annals_is_marked then
			if data.annals_is_new or store:get(record_of(node)) then delete(node); end
			data.annals_is_new, data.annals_is_marked = nil, true;
			-- Others are not saved: they are gone when the server breaks down.
			if room:get_persistent() and not room:save() then
				module:log("error", "Cannot save the room %s, so that its archive is recognised", room.jid);
				return;
			end
			store:set(record_of(node), RECORD);
		end
		room.annals_has_begun = true;
	end

	local function note_new(event)
		event.room._data.annals_is_new = true;
	end

	module:hook("muc-room-pre-create", note_new);
	-- One that a module makes; else somebody has joined already.
	module:hook("muc-room-created", function (event) if not event.creator then note_new(event); end end);

	-- Also where a room that is not persistent is left by the last occupant (XEP-0045 §"Destroying a Room"). A room in which
	-- nothing was archived costs Annals nothing.
	module:hook("muc-room-destroyed", function (event)
		local room, node = event.room, jid_split(event.room.jid);
		if not node or room._data.destroyed or room._data.annals_is_new or rooms.is_refused then return; end
		delete(node);
	end, 1);

	function accounts.mark_of() return nil; end

	function accounts.is_surely_absent(node)
		local data, problem = data_of(node);
		local is_there = data ~= nil and not data.destroyed;
		if is_there then correct_retention(node, data); else noted[node] = nil; end
		return not problem and not is_there;
	end
end
