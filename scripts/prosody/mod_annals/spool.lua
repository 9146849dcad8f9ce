-- Spool: what waits, in the server's storage --------------------------------------------------------------------------

-- A key that is no user name, so that no deletion of an account takes it along (RFC 7622 §3.3.1).
local function key_of(position)
	return ("annals/%d"):format(position);
end

local function read(key)
	local kept, err = store:get(key);
	if err then module:log("error", "Cannot read what waits for Annals: %s", err); end
	return kept, err;
end

function spool.store(batch, position)
	local ok, err = store:set(key_of(position), { body = queue.body_of(batch), count = batch.count });
	if not ok then module:log("error", "Cannot store messages for Annals: %s", err); end
	batch.is_stored = ok and true or false;
	batch.has_file = batch.has_file or batch.is_stored; -- also when it grows, and the file is older than it
	return batch.is_stored;
end

-- True when the batch is there; nil when it cannot be read at present.
function spool.load(batch, position)
	local kept, err = read(key_of(position));
	if kept and kept.body then
		queue.size, queue.bytes = queue.size + kept.count - batch.count, queue.bytes + #kept.body - batch.bytes;
		batch.count, batch.bytes = kept.count, #kept.body;
		queue.set_body(batch, kept.body);
		return true;
	end
	if err then return nil; end
	return false;
end

function spool.remove(position)
	store:set(key_of(position), nil);
	queue.unlisted = true;
end

-- Brings everything to storage: at the end, and every few seconds while nothing is acknowledged.
function spool.persist()
	local list = {};
	for position = queue.first, queue.last do
		local batch = queue.batches[position];
		if batch and (batch.deleted or batch.is_stored or spool.store(batch, position)) then
			list[#list + 1] = { position, batch.count, batch.deleted or false, batch.bytes, batch.since };
		end
	end
	-- As text: not every storage keeps numbers of this size exactly.
	local ok = store:set("annals/list", { next = queue.last + 1, newest = ("%.0f"):format(clock.last), batches = list });
	queue.unstored, queue.unlisted = not ok, not ok;
	module:log("debug", "Stored what waits for Annals: %d messages", queue.size);
end

function spool.restore()
	local kept = read("annals/list");
	if not kept then return; end
	go_on_after(kept.newest);
	queue.first, queue.last = kept.next, kept.next - 1;
	for _, item in ipairs(kept.batches) do
		local position, count, deleted, bytes = item[1], item[2], item[3] or nil, item[4] or 0;
		queue.batches[position] = {
			count = count, bytes = bytes, deleted = deleted, since = item[5], is_stored = not deleted, has_file = not deleted;
		};
		queue.size, queue.bytes = queue.size + count, queue.bytes + bytes;
		queue.first = min(queue.first, position);
		if deleted then count_deletion(deleted, 1); end
	end
	queue.sent, queue.restored = queue.first - 1, queue.last;
end

function spool.tick()
	local is_stuck = queue.first <= queue.last and queue.first == spool.first_before;
	spool.first_before = queue.first;
	if queue.unlisted or is_stuck and queue.unstored then spool.persist(); end
	if queue.given_up > 0 and (spool.warned or -60) + 60 < monotonic() then
		module:log("warn", "Gave up the oldest %d messages that waited for Annals: %d of at most %d wait, %d of at most %d bytes",
			queue.given_up, queue.size, max_queue, queue.bytes, max_queue_size);
		queue.given_up, spool.warned = 0, monotonic();
	end
	measure_queued(queue.size);
	link.pump();
end

