/** The way back to mod_mam, as docs/operating.md has it. */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { type Archived, wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { startProsody } from "../support/servers/prosody.ts";
import { prosodyConfig } from "../support/servers/prosody_config.ts";
import type { Site } from "../support/servers/site.ts";
import { theBlock } from "../support/documents.ts";
import { Sandbox } from "../support/sandbox.ts";
import { AVAILABLE } from "./stage.ts";

const LINES = ["Art thou not Romeo?", "Neither, fair saint 🌹", "<How> camest thou & wherefore?"];

Deno.test({
  name: "docs/operating.md: Prosody's own archive goes on with the messages and ids that Annals had",
  ignore: !AVAILABLE.has("Prosody"),
  async fn(): Promise<void> {
    await using server = await startProsody({
      hosts: ["example.org"],
      companion: true,
      component: "archive.example.org",
    });
    await using annals = await Annals.launch(server.site, { companion: true });
    const before = new Map<string, readonly Archived[]>();
    {
      await using alice = await Client.login(server, "alice");
      await using bob = await Client.login(server, "bob");
      for (const line of LINES) {
        await alice.send(`<message to='${bob.account}' type='chat'><body>${escaped(line)}</body></message>`);
        await bob.message(line);
      }
      for (const client of [alice, bob]) before.set(client.account, await wholeArchive(client));
    }
    await server.stop();

    await using sandbox = await Sandbox.make();
    await layOut(sandbox, server.site, annals);
    const { code, said } = await sandbox.run(theBlock("docs/operating.md", "way back").text);
    assertEquals(code, 0, said);

    const own = prosodyConfig({ ...server.site, archive: "own-internal" });
    // Another component keeps the port open, by which a test sees that the server has started.
    const other = `Component "other.example.org"\n  component_secret = "secret"\n`;
    await Deno.writeTextFile(`${server.site.folder}/prosody.cfg.lua`, own + other);
    await server.start();
    for (const user of ["alice", "bob"]) {
      await using client = await Client.login(server, user);
      assertEquals((await wholeArchive(client)).map(told), (before.get(client.account) ?? []).map(told));
    }
  },
});

function told({ id, body, stamp }: Archived): unknown {
  return [id, body, stamp.replace(/\.\d+/, "")];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Leads the paths of the page to the folders of the servers, and the migrator to Prosody's data. */
async function layOut(sandbox: Sandbox, site: Site, annals: Annals): Promise<void> {
  await sandbox.link("/etc/annals", annals.folder);
  await sandbox.link("/etc/prosody", site.folder);
  await sandbox.link("/var/lib/prosody", `${site.folder}/data`);
  const migrator = await Deno.readTextFile("/usr/bin/prosody-migrator");
  await sandbox.write(
    "/bin/migrator.lua",
    sandbox.inside(migrator.replace("'/var/lib/prosody'", "'/var/lib/prosody/.'")),
  );
  await sandbox.write(
    "/bin/prosody-migrator",
    `#!/bin/sh\nexec lua5.4 ${sandbox.folder}/bin/migrator.lua --root "$@"\n`,
    0o755,
  );
  await sandbox.write("/bin/chown", "#!/bin/sh\n", 0o755);
}
