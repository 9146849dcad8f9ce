-- Beginning and end ---------------------------------------------------------------------------------------------------

local has_replaced_mam, is_leaving = false, false;
local own_archive = rooms.here and "muc_mam" or "mam";

-- With both, messages would be in two archives, under two ids, and either might answer.
local function replace_mam()
	if is_leaving then return; end
	has_replaced_mam = true;
	modulemanager.unload(host, own_archive);
	module:log("info", "mod_%s is unloaded: Annals keeps the archives of this host", own_archive);
end

module:hook("module-loaded", function (event) if event.module == own_archive then replace_mam(); end end);
module:hook_global("host-activated", function (name) if name == component then watch_component(); end end);

-- The first thing that keeps Annals from connecting, as far as this server can tell.
local function find_obstacle()
	if not hosts[component] then
		return ("There is no Component %q: expected the one that annals_component names"):format(component);
	elseif not hosts[component].modules.component then
		return ("%q is no Component of its own: expected Component %q, without a module after it"):format(component, component);
	elseif not module:context(component):get_option_string("component_secret") then
		return ("Component %q has no component_secret: expected the secret of Annals' configuration"):format(component);
	end
end

module:hook_global("server-started", function ()
	local obstacle = find_obstacle();
	if obstacle then module:log("error", "%s", obstacle); end
end);

module:add_timer(CONNECT_WITHIN, function ()
	if link.session or find_obstacle() then return; end
	module:log("warn", "Annals has not connected as %q: does it run, with this server's component_secret?", component);
end);

-- At its end the server unloads no modules.
module:hook_global("server-stopped", spool.persist);

function module.unload()
	spool.persist();
	is_leaving = true;
	if has_replaced_mam then modulemanager.load(host, own_archive); end
end

if rooms.here then rooms.start(); end
spool.restore();
if hosts[host].modules[own_archive] then replace_mam(); end
if hosts[component] then watch_component(); end

module:add_timer(TICK, function () spool.tick(); link.tick(); pages.tick(); policy.report(); return TICK; end);
module:add_timer(check_interval, function () accounts.check(); return check_interval; end);
