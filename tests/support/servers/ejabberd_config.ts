/**
 * Configuration of ejabberd, 23.01 and later.
 *
 * @module
 */
import type { ArchiveKeeper, Site } from "./site.ts";

/** Additions to a configuration. */
export interface EjabberdExtras {
  /** Options beside those that every site has. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Modules with their options, beside those that every site has. */
  readonly modules?: Readonly<Record<string, unknown>>;
}

/** Writes `ejabberd.yml`; YAML contains JSON. `apiPort` is where accounts are registered. */
export function ejabberdConfig(site: Site, apiPort: number, extras: EjabberdExtras = {}): string {
  const keeper = KEEPERS[site.archive](site);
  const config = {
    hosts: site.hosts,
    loglevel: "warning",
    auth_method: "internal",
    auth_password_format: "plain",
    listen: [
      { port: site.clientPort, ip: "127.0.0.1", module: "ejabberd_c2s", starttls: false, shaper: "none" },
      { port: apiPort, ip: "127.0.0.1", module: "ejabberd_http", request_handlers: { "/api": "mod_http_api" } },
      {
        port: site.componentPort,
        ip: "127.0.0.1",
        module: "ejabberd_service",
        access: "all",
        global_routes: false,
        hosts: { [site.component]: { password: site.secret } },
      },
    ],
    api_permissions: { loopback: { who: [{ ip: "127.0.0.1/8" }], what: ["register", "reload_config"] } },
    acl: { archive: { server: site.component } },
    access_rules: { archive: { allow: "archive" } },
    ...keeper.options,
    ...extras.options,
    modules: {
      mod_ping: {},
      mod_roster: {},
      mod_disco: {},
      mod_offline: {},
      mod_carboncopy: {},
      ...keeper.modules,
      ...extras.modules,
    },
  };
  return JSON.stringify(config, undefined, 2);
}

const NOBODY = { options: {}, modules: {} };

const KEEPERS: Record<ArchiveKeeper, (site: Site) => { options: object; modules: object }> = {
  /** mod_service_log copies every stanza: once when it is sent, once per session that receives it. */
  "annals": (site) => ({
    options: {},
    modules: {
      mod_service_log: { loggers: [site.component] },
      mod_delegation: { namespaces: { "urn:xmpp:mam:2": { access: "archive" } } },
      mod_privilege: { roster: { get: "archive" }, message: { outgoing: "archive" } },
    },
  }),
  "none": () => NOBODY,
  "own-internal": () => ({ ...NOBODY, modules: { mod_mam: { default: "always", db_type: "mnesia" } } }),
  /** The extra options say which. */
  "own-postgresql": () => ({
    options: { sql_type: "pgsql" },
    modules: { mod_mam: { default: "always", db_type: "sql" } },
  }),
  "own-sqlite": (site) => ({
    options: { sql_type: "sqlite", sql_database: `${site.folder}/archive.sqlite` },
    modules: { mod_mam: { default: "always", db_type: "sql" } },
  }),
};
