-- Erasing: what is retracted (XEP-0424) loses its words while it waits here, too ---------------------------------------

do
	local datetime = require "util.datetime".datetime;
	local NS_CORRECT = "urn:xmpp:message-correct:0";
	local PAUSE = 0.02; -- seconds between two batches that are looked through
	local MOST_SEARCHES, SEARCHES_AT_ONCE = 100, 4; -- beyond the former Annals alone erases

	erasing.is_wanted = false; -- whether Annals makes tombstones
	erasing.max_age = nil; -- seconds after which a message cannot be retracted any more

	function erasing.set(settings)
		erasing.is_wanted, erasing.max_age = settings.attr.tombstones == "true", tonumber(settings.attr["max-age"]);
	end

	-- Namespaces of what stays of a message that is retracted: ids, times, hints, and what it corrects.
	local STAYS = {
		[NS_SID] = true, ["urn:xmpp:occupant-id:0"] = true, ["urn:xmpp:delay"] = true, ["urn:xmpp:hints"] = true,
		[NS_CORRECT] = true;
	};

	-- Puts what a retraction says in the place of a message's words.
	function erasing.bury(message, retracted)
		message:maptags(function (tag)
			return (STAYS[tag.attr.xmlns] or tag.name == "thread" and not tag.attr.xmlns) and tag or nil;
		end);
		for i = #message, 1, -1 do
			if type(message[i]) == "string" then table.remove(message, i); end
		end
		message:add_direct_child(st.clone(retracted));
		return message;
	end

	-- The id of a message, or of the one that it corrects (XEP-0308): both ends go together.
	function erasing.origin_of(message)
		local replace = message:get_child("replace", NS_CORRECT);
		return replace and replace.attr.id or message.attr.id;
	end

	function erasing.retracted(id)
		return st.stanza("retracted", { xmlns = NS_RETRACT, id = id, stamp = datetime(floor(time_now())) });
	end

	-- Reads a message as the server would from a stream of a client; nil where it cannot.
	function erasing.parse(text)
		local message;
		local stream_of_one = new_xmpp_stream({}, {
			default_ns = NS_CLIENT, handlestanza = function (_, page) message = page.tags[1]; end;
			error = function () end; -- it expects stanzas alone
		});
		local ok = stream_of_one:feed("<page xmlns='" .. NS_CLIENT .. "'>" .. text .. "</page>");
		return ok and message or nil;
	end

	-- Rewrites entries in the text of a batch: those with a mark in them whose messages `change` changes. Each is an opening tag,
	-- in which no value has "<" or ">", and a section of CDATA, in which there is no "]]>".
	local function rewritten(body, mark, change)
		local parts, copied, position = {}, 1, find(body, mark, 1, true);
		local from = 1;
		while position do
			local first, opened = find(body, "'><![CDATA[", from, true);
			local closing = opened and find(body, CLOSING_TAG, opened, true);
			if not closing then break; end
			if position < closing then
				local message = erasing.parse(sub(body, opened + 1, closing - 1));
				if message and change(message, sub(body, from, first)) then
					-- What it was made of nobody can judge any more.
					parts[#parts + 1] = sub(body, copied, from - 1);
					parts[#parts + 1] = gsub(sub(body, from, opened), "^<entry judge='true'", "<entry");
					parts[#parts + 1] = tostring(message);
					copied = closing;
				end
				position = find(body, mark, closing, true);
			end
			from = closing + #CLOSING_TAG;
		end
		if #parts == 0 then return nil; end
		parts[#parts + 1] = sub(body, copied);
		return concat(parts);
	end

	-- Rewrites entries in a batch, and where that is in storage; returns true when there were any.
	function erasing.erase_in(batch, position, mark, change)
		if batch.deleted or batch.count == 0 then return false; end
		local was_in_memory = batch.text ~= nil;
		if not was_in_memory and not spool.load(batch, position) then return false; end
		local body = queue.body_of(batch);
		local changed = rewritten(body, mark, change);
		if changed then
			batch.text = opening_of(batch.seq) .. changed .. CLOSING;
			batch.bytes, queue.bytes = batch.bytes + #changed - #body, queue.bytes + #changed - #body;
			if batch.has_file then spool.store(batch, position); end
		end
		if not was_in_memory and batch.is_stored then batch.text = nil; end
		return changed ~= nil;
	end

	-- Searches go through all batches, newest first, as nothing says where it is that they look for.
	local searches, is_running = {}, false;

	local function step()
		local list = searches;
		searches = {};
		for i, search in ipairs(list) do
			if i <= SEARCHES_AT_ONCE then
				local batch = queue.batches[search.position];
				if batch then erasing.erase_in(batch, search.position, search.mark, search.change); end
				search.position = search.position - 1;
			end
			if search.position >= queue.first then searches[#searches + 1] = search; end
		end
		is_running = #searches > 0;
		return is_running and PAUSE or nil;
	end

	-- Erases whatever waits, and has a mark in it, and is changed by `change`.
	function erasing.search(mark, change)
		queue.close();
		if queue.first > queue.last or #searches >= MOST_SEARCHES then return; end
		searches[#searches + 1] = { mark = mark, change = change, position = queue.last };
		if is_running then return; end
		is_running = true;
		if step() then module:add_timer(PAUSE, step); end
	end

	-- A retraction is by the author: the same bare JID, to the same.
	local function search_for(id, stanza, retracted)
		local from, to = jid_bare(stanza.attr.from), jid_bare(stanza.attr.to or stanza.attr.from);
		erasing.search("id='" .. escaped_value(id) .. "'", function (message, opening)
			local is_theirs = jid_bare(message.attr.from) == from and jid_bare(message.attr.to or message.attr.from) == to;
			local is_meant = message.attr.id == id or erasing.origin_of(message) == id;
			local at = tonumber(opening:match(" at='(%d+)'"));
			local is_too_old = erasing.max_age and at and at / 1000 + erasing.max_age < time_now();
			if not (is_theirs and is_meant) or is_too_old or message:get_child("retract", NS_RETRACT) then return false; end
			local origin = erasing.origin_of(message);
			if origin and origin ~= id and not message:get_child("retracted", NS_RETRACT) then
				search_for(origin, stanza, retracted);
			end
			return erasing.bury(message, retracted);
		end);
	end

	local function on_message(event)
		local stanza = event.stanza;
		if not erasing.is_wanted or stanza.attr.type == "error" or stanza.attr.type == "groupchat" then return; end
		local retract = stanza:get_child("retract", NS_RETRACT);
		if retract and retract.attr.id then search_for(retract.attr.id, stanza, erasing.retracted(stanza.attr.id)); end
	end

	-- Once for each message, before its own entry: where it is sent, or where it comes from elsewhere.
	for _, kind in ipairs(rooms.here and {} or { "bare", "full" }) do
		module:hook("pre-message/" .. kind, on_message, 1);
		module:hook("message/" .. kind, function (event)
			if event.origin.type ~= "c2s" or event.origin.host ~= host then on_message(event); end
		end, 1);
	end
end

