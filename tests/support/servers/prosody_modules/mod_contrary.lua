-- Keeps messages out of archives, for reasons of its own: of any number, and of any type.

local count = 0;

module:hook("archive-should-store", function (event)
	local body = event.stanza:get_child_text("body") or "";
	if not body:find("contrary", 1, true) then return; end
	count = count + 1;
	event.reason = count % 2 == 0 and {} or ("reason " .. count);
	return false;
end, 10);
