/**
 * The output of `annals setup prosody`, pasted next to configurations as operators have them: nothing that was loaded
 * goes.
 */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { prepareProsody } from "../support/servers/prosody.ts";
import { COMMUNITY_MODULES, PROSODYCTL } from "../support/servers/prosody_program.ts";
import { loadedModules } from "../support/servers/prosody_shell.ts";
import type { Server } from "../support/servers/server.ts";
import type { Site } from "../support/servers/site.ts";
import { Sandbox } from "../support/sandbox.ts";
import { AVAILABLE } from "./stage.ts";

const HOSTS = ["example.test", "other.test"];

/** Files of a configuration, by their path below Prosody's folder. */
type Files = Readonly<Record<string, string>>;

/** Another component, which has the server listen for components from the beginning. */
const OTHER = `Component "other-component.test"\n  component_secret = "secret"\n`;

/** Configuration under test with ports and folders of its own. */
function placed({ folder, clientPort, componentPort }: Site): string {
  return `
daemonize = false
run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
plugin_paths = { "${folder}/modules"; "${COMMUNITY_MODULES ?? ""}" }
interfaces = { "127.0.0.1" }
modules_disabled = { "s2s"; "tls" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
c2s_ports = { ${clientPort} }
component_ports = { ${componentPort} }
limits = {}
log = { info = "*console" }
`;
}

/** Debian's, as it is installed, with hosts at its end. */
async function debian(site: Site): Promise<Files> {
  const installed = await Deno.readTextFile("/etc/prosody/prosody.cfg.lua");
  const hosts = HOSTS.map((host) => `VirtualHost "${host}"\n`).join("");
  const text = installed.replace(/^(\s*)--\s*"mam";/m, '$1"mam";').replace(
    /^VirtualHost "localhost"$/m,
    () => `${placed(site)}\n${hosts}${OTHER}`,
  );
  return { "prosody.cfg.lua": text };
}

function ownLists(site: Site): Files {
  return {
    "prosody.cfg.lua": `${placed(site)}
modules_enabled = { "roster"; "saslauth"; "disco"; "admin_shell"; "mam" }

VirtualHost "example.test"
  modules_enabled = { "pep"; "blocklist"; "carbons" }
  archive_expires_after = "4w"

VirtualHost "other.test"
  modules_enabled = { "vcard4"; "private" }

Component "rooms.example.test" "muc"
  modules_enabled = { "muc_mam" }

${OTHER}`,
  };
}

function includes(site: Site): Files {
  return {
    "prosody.cfg.lua": `${placed(site)}
modules_enabled = { "roster"; "saslauth"; "disco"; "admin_shell"; "mam" }
Include 'conf.d/*.cfg.lua'
`,
    "conf.d/aa.cfg.lua": `VirtualHost "example.test" {\n  modules_enabled = { "pep"; "smacks" };\n}\n`,
    "conf.d/zz.cfg.lua": `VirtualHost "other.test"\n  modules_enabled = { "vcard4"; "ping" }\n${OTHER}`,
  };
}

const CONFIGURATIONS: Readonly<Record<string, (site: Site) => Files | Promise<Files>>> = {
  "Debian's own": debian,
  "hosts with lists of their own": ownLists,
  "hosts in files of conf.d": includes,
};

for (const [name, configure] of Object.entries(CONFIGURATIONS)) {
  for (const args of [[], ["--standard"]]) {
    const ours = args.length === 0 ? ["annals"] : ["delegation", "firewall", "privilege"];
    Deno.test({
      name: `annals setup prosody ${
        args.join("")
      } next to ${name}: hosts keep their modules, and messages are archived`,
      ignore: !AVAILABLE.has("Prosody"),
      async fn(): Promise<void> {
        await using server = await prepareProsody({ hosts: HOSTS, archive: "none", accounts: ["alice", "bob"] });
        const { site } = server;
        await Deno.mkdir(`${site.folder}/conf.d`);
        for (const [path, text] of Object.entries(await configure(site))) {
          await Deno.writeTextFile(`${site.folder}/${path}`, text);
        }
        await server.start();
        const before = await modulesOf(server);
        await server.stop();
        await using annals = await Annals.prepare(site, { companion: args.length === 0 });
        await paste(site, annals, args);
        await server.start();
        const expected = before.map((modules) => [...modules.filter((module) => module !== "mam"), ...ours].sort());
        assertEquals(await modulesOf(server), expected);
        await annals.start();
        await converse(server);
        assertEquals(annals.errors, []);
        assertEquals(server.lines.filter((line) => line.includes(" error\t")), []);
      },
    });
  }
}

async function modulesOf(server: Server): Promise<string[][]> {
  const lists: string[][] = [];
  for (const host of HOSTS) {
    // mod_mam alone has loaded mod_cron.
    lists.push((await loadedModules(server, host)).filter((module) => module !== "cron"));
  }
  return lists;
}

/** Runs what is printed, after the edit of modules_enabled that it asks for. */
async function paste({ folder }: Site, annals: Annals, args: readonly string[]): Promise<void> {
  await using sandbox = await Sandbox.make();
  await sandbox.link("/etc/prosody", folder);
  await sandbox.write(
    "/bin/prosodyctl",
    `#!/bin/sh\nexec env "PATH=${Deno.env.get("PATH")}" ${PROSODYCTL} --config ${folder}/prosody.cfg.lua "$@"\n`,
    0o755,
  );
  await sandbox.write("/bin/apt-get", "#!/bin/sh\n", 0o755);
  if (args.includes("--standard")) {
    const main = `${folder}/prosody.cfg.lua`;
    const text = await Deno.readTextFile(main);
    await Deno.writeTextFile(main, text.replace('"mam"', '"delegation"; "privilege"; "firewall"'));
  }
  const printed = await sandbox.run(`annals setup prosody ${args.join(" ")} --config ${annals.config}`);
  assertEquals(printed.code, 0, printed.said);
  // The paths of rules are read by the server, which is outside of the sandbox.
  const script = printed.said.replaceAll("/etc/prosody", folder);
  const pasted = await sandbox.run(script);
  assertEquals(pasted.code, 0, pasted.said);
}

async function converse(server: Server): Promise<void> {
  await using alice = await Client.login(server, "alice");
  await using bob = await Client.login(server, "bob");
  await alice.send(`<message to='${bob.account}' type='chat'><body>Art thou not Romeo?</body></message>`);
  await bob.message("Art thou not Romeo?");
  for (const client of [alice, bob]) {
    assertEquals((await wholeArchive(client)).map(({ body }) => body), ["Art thou not Romeo?"]);
  }
}
