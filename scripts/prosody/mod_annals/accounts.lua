-- Accounts: which exist, and which are gone, with their archives ------------------------------------------------------

local existing = cache.new(cache_size); -- user → { is_there, expires }

-- prosodyctl deletes accounts in another process, and nobody is told. But it purges what is stored under the account's
-- name, such as a mark, while a record under another key stays. So a record without its mark says surely that the
-- account was deleted; and nothing is concluded of who was never recorded, whose archive may have been imported.
local MARK = { known = true };

local function record_of(user)
	return "annals/known/" .. user;
end

-- "there", "lost" or "none"; nil where that cannot be read.
function accounts.mark_of(user)
	local mark, problem = store:get(user);
	if mark or problem then return mark and "there"; end
	local record, unreadable = store:get(record_of(user));
	return not unreadable and (record and "lost" or "none") or nil;
end

-- A session may outlive its account: then the mark stays lost, for the name's next owner.
local function recognise(user)
	local mark = accounts.mark_of(user);
	if not mark or mark == "there" then return; end
	if mark == "lost" then queue.delete(user); end
	local has_account = usermanager.get_provider(host).user_exists(user); -- not the session
	local is_marked = has_account and store:set(user, MARK);
	if is_marked or mark == "lost" then store:set(record_of(user), MARK); end
end

-- Looking an account up reads its file or asks a database, each time, where there is no session.
function accounts.exists(user)
	local now, known = monotonic(), existing:get(user);
	if not known or known.expires < now then
		local is_there = usermanager.user_exists(user, host) and true or false;
		if is_there then recognise(user); end
		known = { is_there = is_there, expires = now + (is_there and KNOWN_FOR or UNKNOWN_FOR) };
		existing:set(user, known);
	end
	return known.is_there;
end

-- The account that logs in may be the name's next owner.
module:hook("resource-bind", function (event) existing:set(event.session.username, nil); end);

function accounts.forget(user)
	existing:set(user, nil);
	policy.known:set(user, nil);
	store:set(record_of(user), nil);
	store:set(user, nil);
end

module:hook_global("user-deleted", function (event)
	if event.host == host then queue.delete(event.username); end
end);

-- prosodyctl, which works beside the server, may have deleted the name's last account unnoticed.
module:hook("user-registered", function (event) queue.delete(event.username); end);

-- Most storages of accounts say "not there" when they fail, too. Then they fail here as well, and say it.
-- Whoever has a session exists, for usermanager.
local account_store = module:open_store("accounts");
local NOT_THERE = { ["Auth failed. Invalid username"] = true };

function accounts.is_surely_absent(user)
	local worked, is_there, err = pcall(usermanager.user_exists, user, host);
	if not worked or is_there or err and not NOT_THERE[err] then return false; end
	local readable, _, problem = pcall(account_store.get, account_store, user);
	return readable and not problem;
end

local look; -- through the names of all archives, while one goes on: { started, total, absent = { user … } }
local suspects = {}; -- user → since when, where the last look found no account
local ask_for_names;

local function look_at(user)
	if queue.deletions[user] then return; end
	local is_absent = accounts.is_surely_absent(user);
	if is_absent and accounts.mark_of(user) == "lost" then return queue.delete(user); end
	look.total = look.total + 1;
	if is_absent then look.absent[#look.absent + 1] = user; end
end

-- A few at a time, since each lookup stops the whole server.
local function look_up(_, names, first)
	if not link.greeted then look = nil; return; end
	local last = min(first + CHECK_STEP - 1, #names);
	for i = first, last do look_at(names[i]); end
	if last == #names then return ask_for_names(names[last]); end
	module:add_timer(CHECK_PAUSE, look_up, names, last + 1);
end

-- Absent at two looks that are an interval apart means gone; everybody absent, be it a single one, means that something
-- else is wrong.
local function conclude()
	local started, total, absent, known = look.started, look.total, look.absent, suspects;
	look, suspects = nil, {};
	module:log("debug", "Looked for archives without an account: found %d of %d", #absent, total);
	if total > 0 and #absent == total then
		module:log("warn", "None of the %d archives has %s, so none is deleted: are the %s stored elsewhere?",
			total, rooms.here and "a room" or "an account", rooms.here and "rooms" or "accounts");
		return;
	end
	for _, user in ipairs(absent) do
		local since = known[user] or started;
		if started - since < check_interval then
			suspects[user] = since;
		elseif accounts.is_surely_absent(user) then
			queue.delete(user);
		end
	end
end

function ask_for_names(after)
	local position = after and (" after='%s'"):format(xml_escape(after)) or "";
	link.ask("get", ("<archives xmlns='%s'%s/>"):format(NS, position), function (reply)
		local payload = reply and reply:get_child("archives", NS);
		if not payload then look = nil; return; end
		local names = {};
		for item in payload:childtags("archive", NS) do
			names[#names + 1] = item.attr[rooms.here and "room" or "user"];
			if rooms.here then rooms.note_archive(item); end
		end
		if #names == 0 or names[#names] == after then return conclude(); end
		module:add_timer(CHECK_PAUSE, look_up, names, 1);
	end);
end

function accounts.check()
	if look or not link.greeted then return; end
	look = { started = monotonic(), total = 0, absent = {} };
	ask_for_names();
end

