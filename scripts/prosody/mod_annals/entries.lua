-- Entries: messages as text, gathered to the newest batch -------------------------------------------------------------

queue.batches = {}; -- position → batch, with gaps where some were given up
queue.first, queue.last = 1, 0; -- positions of the oldest batch and of the newest one
queue.sent = 0; -- position of the last one that is on its way
queue.on_their_way = 0; -- how many are
queue.size = 0; -- entries in all batches
queue.bytes = 0; -- of them
queue.newest_of = {}; -- user → position of the last batch with an entry for that archive
queue.restored = 0; -- last position that an earlier run has left: its batches may be anybody's
queue.deletions = {}; -- user → deletions that wait
queue.given_up = 0; -- entries, since it was last logged

-- The newest batch is open as long as it may grow. Its entries are pieces of text in one table that is used again, joined
-- once for all of them: the server's collector makes the garbage that strings are the greater part of what a message costs.
local open;
local pieces, written, size = {}, 0, 0; -- how many are written, and bytes of the message
local joined = 0; -- how many there were in the batches before
local newest = { first = 0, last = 0, size = 0 }; -- entry: pieces before it and to its end, and bytes of its message

-- An entry begins with 8 pieces: its opening, three for each of the two archives, and the end of its tag.
local HEAD = 8;

local function side(position, name)
	local condition = "' " .. name .. "-if='";
	local conditions = { [true] = "", contact = condition .. "contact", stranger = condition .. "stranger" };
	return { position = position, label = "' " .. name .. "='", conditions = conditions };
end

queue.SENT, queue.RECEIVED = side(2, "sent"), side(5, "received");

local CLOSING_TAG = "]]></entry>"; -- ">" is escaped, so no message holds the end of a CDATA section
local TAG_BYTES = 160; -- of both tags, at most

local REFERENCES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ["'"] = "&apos;" };

-- A pattern costs a hundred times as much for each character as a search for one character.
local function escaped_text(text)
	if find(text, "&", 1, true) or find(text, "<", 1, true) or find(text, ">", 1, true) then
		return (gsub(text, "[&<>]", REFERENCES));
	end
	return text;
end

local function escaped_value(value)
	if find(value, "'", 1, true) then return (gsub(value, "['&<>]", REFERENCES)); end
	return escaped_text(value);
end

-- The text before the value of an attribute, whose namespace util.stanza keeps in its name.
local function before_value(key)
	local uri, name = key:match("^(.*)\1(.*)$");
	if not uri then return " " .. key .. "='"; end
	local prefix = "ns" .. written;
	return " xmlns:" .. prefix .. "='" .. escaped_value(uri) .. "' " .. prefix .. ":" .. name .. "='";
end

local BEFORE_VALUE = {};
for _, key in ipairs({ "xmlns", "from", "to", "id", "type" }) do BEFORE_VALUE[key] = before_value(key); end

-- Values that need not be escaped, of attributes that say the same again and again.
local plain_values, plain_count = {}, 0;

local function remember_plain(value)
	if #value > 100 then return; end
	if plain_count == 1000 then plain_values, plain_count = {}, 0; end
	plain_values[value], plain_count = true, plain_count + 1;
end

-- The serialisation of util.stanza, in pieces.
local function write(element, outer_xmlns)
	local name, attr, all, last = element.name, element.attr, pieces, written + 2;
	local bytes = 2 * #name + 5;
	all[last - 1], all[last] = "<", name;
	for key, value in pairs(attr) do
		if key ~= "xmlns" or value ~= outer_xmlns then
			local before = BEFORE_VALUE[key] or before_value(key);
			if not plain_values[value] then
				local plain = tostring(value); -- modules write numbers, too
				value = escaped_value(plain);
				if value == plain and key ~= "id" then remember_plain(value); end
			end
			all[last + 1], all[last + 2], all[last + 3] = before, value, "'";
			last, bytes = last + 3, bytes + #before + #value + 1;
			written = last; -- for the next prefix
		end
	end
	last = last + 1;
	all[last] = ">";
	for i = 1, #element do
		local child = element[i];
		if child.name then
			written = last;
			write(child, attr.xmlns);
			last = written;
		else
			child = escaped_text(child);
			last, bytes = last + 1, bytes + #child;
			all[last] = child;
		end
	end
	all[last + 1], all[last + 2], all[last + 3] = "</", name, ">";
	written, size = last + 3, size + bytes;
end

local function write_entry(first, stanza)
	written, size = first + HEAD, 0;
	write(stanza);
	written = written + 1;
	pieces[written] = CLOSING_TAG;
end

-- So many that giving up a batch, which is done as a whole, gives up a tenth at most.
local batch_entries = max(1, min(1000, floor(max_queue / 10)));

-- Takes an entry, which may change as long as it is open, and returns its place; nil where it is too large.
function queue.add(stanza, at)
	if open and open.count >= batch_entries then queue.flush(); end
	-- The event loop runs no timers as long as there is something to read, so many entries do not wait for theirs.
	if open and open.bytes >= BATCH_BYTES / 4 and not open.ripe then queue.ripen(nil, open); end
	write_entry(newest.last, stanza);
	if size > MESSAGE_BYTES then
		policy.skip("too large");
		module:log("warn", "A message of %d bytes is not archived: it is too large", size);
		return nil;
	elseif open and open.bytes + TAG_BYTES + size > BATCH_BYTES then
		queue.flush();
		return queue.add(stanza, at);
	end
	if not open then
		open = queue.append({ count = 0, bytes = 0 });
		module:add_timer(GATHER, queue.ripen, open);
	end
	if at ~= newest.at then
		newest.at, newest.opening = at, (policy.conversation and "<entry at='" or "<entry judge='true' at='") .. at;
	end
	local first = newest.last;
	pieces[first + 1], pieces[first + HEAD] = newest.opening, "'><![CDATA[";
	for i = first + 2, first + HEAD - 1 do pieces[i] = ""; end
	newest.first, newest.last, newest.size = first, written, size;
	open.count, open.bytes, open.is_stored = open.count + 1, open.bytes + TAG_BYTES + size, false;
	queue.size, queue.bytes, queue.unstored = queue.size + 1, queue.bytes + TAG_BYTES + size, true;
	if queue.size > max_queue or queue.bytes > max_queue_size then queue.shrink(); end
	return joined + first;
end

function queue.is_open(entry)
	return entry >= joined;
end

-- Says in an entry that it is in an archive, under this id.
function queue.stamp(entry, place, user, id, wanted)
	local at = entry - joined + place.position;
	pieces[at], pieces[at + 1], pieces[at + 2] = place.label, id, place.conditions[wanted];
	queue.newest_of[user] = queue.last;
end

-- Writes another message in place of the last entry's, and returns its place; nil where it cannot be changed any more.
function queue.rewrite(entry, stanza)
	if entry - joined ~= newest.first then return nil; end
	write_entry(newest.first, stanza);
	open.bytes, queue.bytes = open.bytes + size - newest.size, queue.bytes + size - newest.size;
	newest.last, newest.size = written, size;
	return entry;
end

