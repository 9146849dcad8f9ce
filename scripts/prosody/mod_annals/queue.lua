-- Queue: batches, kept until they are acknowledged --------------------------------------------------------------------

-- A batch waits in the form in which it is most likely sent, so that its text is not copied for that.
local OPENING = ("<message from='%s' to='%s'><batch xmlns='%s' seq='"):format(host, component, NS);
local CLOSING = "</batch></message>";

local function opening_of(seq)
	return OPENING .. ("%d'>"):format(seq);
end

function queue.body_of(batch)
	if batch == open then return concat(pieces, "", 1, newest.last); end
	return sub(batch.text, #opening_of(batch.seq) + 1, -#CLOSING - 1);
end

function queue.set_body(batch, body)
	batch.seq = link.seq + 1;
	batch.text = opening_of(batch.seq) .. body .. CLOSING;
end

-- The stanza of a batch, with this number.
function queue.text_of(batch, seq)
	if batch.deleted then
		return ("<message from='%s' to='%s'><deleted xmlns='%s' seq='%d' %s='%s'/></message>"):format(
			host, component, NS, seq, rooms.here and "room" or "user", xml_escape(batch.deleted));
	elseif batch.seq ~= seq then
		batch.text = opening_of(seq) .. sub(batch.text, #opening_of(batch.seq) + 1);
	end
	return batch.text;
end

function queue.close()
	if not open then return; end
	local last = newest.last + 1;
	open.seq = link.seq + 1;
	pieces[0], pieces[last] = opening_of(open.seq), CLOSING;
	open.text = concat(pieces, "", 0, last);
	if #pieces > MOST_PIECES then pieces = {}; end
	open, joined, newest.last = nil, joined + newest.last, 0;
end

function queue.flush()
	queue.close();
	link.pump();
end

-- It has waited for others.
function queue.ripen(_, batch)
	batch.ripe = true;
	link.pump();
end

-- Nothing is added to the batch before it any more; if many wait before that, it waits in storage only.
function queue.append(batch)
	queue.close();
	local previous = queue.batches[queue.last];
	if previous and previous.text and queue.last - queue.sent > BATCHES_IN_MEMORY then
		if previous.is_stored or spool.store(previous, queue.last) then
			previous.text = nil;
		else
			queue.shrink_memory();
		end
	end
	queue.last = queue.last + 1;
	queue.batches[queue.last] = batch;
	return batch;
end

function queue.remove(position)
	local batch = queue.batches[position];
	queue.batches[position] = nil;
	queue.size, queue.bytes = queue.size - batch.count, queue.bytes - batch.bytes;
	if batch.has_file then spool.remove(position); end
	while queue.first <= queue.last and not queue.batches[queue.first] do queue.first = queue.first + 1; end
	queue.sent = max(queue.sent, queue.first - 1);
	return batch;
end

-- Gives up the oldest batches that are not on their way, as long as too much waits. Deletions are promises, and small: they stay.
local function give_up(is_too_much)
	local position = queue.sent + 1;
	while position <= queue.last do
		local batch = queue.batches[position];
		if batch and batch ~= open and not batch.deleted then
			local decision = is_too_much(batch);
			if decision == nil then return; end
			if decision then
				queue.remove(position);
				queue.given_up = queue.given_up + batch.count;
				measure_given_up(batch.count);
			end
		end
		position = position + 1;
	end
end

function queue.shrink()
	give_up(function () return queue.size > max_queue or queue.bytes > max_queue_size or nil; end);
end

-- Batches that the storage does not take wait in memory only.
function queue.shrink_memory()
	local excess = -MEMORY_BYTES;
	for _, batch in pairs(queue.batches) do
		if batch.text then excess = excess + batch.bytes; end
	end
	give_up(function (batch)
		if excess <= 0 then return nil; end
		if not batch.text then return false; end
		excess = excess - batch.bytes;
		return true;
	end);
end

local function count_deletion(user, by)
	local left = (queue.deletions[user] or 0) + by;
	queue.deletions[user] = left > 0 and left or nil;
end

-- The account is gone, or its name begins anew: everything before belonged to another.
function queue.delete(user)
	queue.append({ deleted = user, count = 0, bytes = 0 });
	count_deletion(user, 1);
	spool.persist(); -- a crash must not leave the archive to the name's next owner
	accounts.forget(user);
	link.pump();
end

-- Sends an answer once everything that waits before it is acknowledged. One at a time; returns false while there is one.
function queue.prove(answer)
	if queue.is_proving then return false; end
	queue.is_proving = true;
	queue.set_body(queue.append({ proof = answer, count = 0, bytes = 0 }), "");
	link.pump(true);
	return true;
end

-- True when something waits for this archive that was not sent yet.
function queue.is_behind(user)
	return queue.sent < max(queue.newest_of[user] or 0, queue.restored);
end

local function next_position()
	for position = queue.sent + 1, queue.last do
		if queue.batches[position] then return position; end
	end
end

-- Nothing passes a deletion, in either direction. A batch that may still grow waits for what is on its way, so that the
-- busier it gets, the fewer and larger batches there are; unless somebody wants to see what is in it.
local function may_send(batch, at_once)
	if queue.on_their_way == 0 then return at_once or batch ~= open or batch.ripe; end
	if batch.deleted or queue.batches[queue.first].deleted or queue.on_their_way >= WINDOW then return false; end
	return at_once or batch ~= open;
end

-- The next batch to go out, if there is one and it may go.
function queue.take(at_once)
	for position in next_position do
		local batch = queue.batches[position];
		if not may_send(batch, at_once) then return nil; end
		if batch == open then queue.close(); end
		local is_there = batch.deleted or batch.text or spool.load(batch, position);
		if is_there then
			queue.sent, queue.on_their_way = position, queue.on_their_way + 1;
			return batch;
		elseif is_there == nil then
			return nil;
		end
		queue.remove(position); -- acknowledged before the server broke down
	end
	-- Nobody is behind.
	queue.newest_of = {};
end

function queue.acknowledge(seq)
	local acknowledged = 0;
	while queue.on_their_way > 0 and queue.batches[queue.first].seq <= seq do
		queue.on_their_way = queue.on_their_way - 1;
		local batch = queue.remove(queue.first);
		acknowledged = acknowledged + batch.count;
		if batch.proof and queue.is_proving then
			queue.is_proving = false;
			link.session.send(batch.proof);
		end
		if batch.deleted then
			count_deletion(batch.deleted, -1);
			spool.persist(); -- after a crash it must not take along what comes now
			module:log("info", "What the archive of %s held of %s that is gone is deleted", batch.deleted,
				rooms.here and "a room" or "an account");
		end
	end
	measure_acknowledged(acknowledged);
	measure_queued(queue.size);
	link.pump();
end

-- The stream is over: what was on its way and is not acknowledged is sent again.
function queue.rewind()
	queue.sent, queue.on_their_way = queue.first - 1, 0;
	queue.is_proving = false; -- the question was of that stream
end

