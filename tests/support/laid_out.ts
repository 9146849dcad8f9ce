/**
 * A service of Annals and its neighbours, laid out in a sandbox.
 *
 * @module
 */
import type { Sandbox } from "./sandbox.ts";

/** A configuration for the commands of a page. */
const CONFIG = `hosts = ["example.org"]

[component]
domain = "archive.example.org"
secret = "the secret of config.toml"

[storage.sqlite]
path = "../../var/lib/annals/archive2.sqlite"
`;

const MESSAGE = "<message xmlns='jabber:client' from='romeo@example.org/orchard' to='juliet@example.org' type='chat'>" +
  "<body>It is my lady, O, it is my love!</body></message>";

/** An archive of Prosody's in files. */
const LIST = `item({ ["name"] = "message"; ["key"] = "k1"; ["when"] = ${
  Date.now() / 1000
}; ["with"] = "romeo@example.org";
  ["attr"] = { ["from"] = "romeo@example.org/orchard"; ["to"] = "juliet@example.org"; };
  { ["name"] = "body"; ["attr"] = {}; "O"; }; });
`;

/**
 * Lays out a service that has archived a message in SQLite, beside a Prosody that has archived another. `config` goes below the
 * service's configuration, and is in force afterwards.
 */
export async function layOutService(sandbox: Sandbox, config = ""): Promise<void> {
  await sandbox.write("/etc/annals/config.toml", CONFIG);
  const entry = {
    owner: "juliet@example.org",
    id: "1",
    time: new Date().toISOString(),
    with: "romeo@example.org/orchard",
  };
  await sandbox.write("/work/archive.jsonl", `${JSON.stringify({ ...entry, stanza: MESSAGE })}\n`);
  await Deno.mkdir(`${sandbox.folder}/var/lib/prosody/example%2eorg/archive`, { recursive: true });
  await sandbox.write("/var/lib/prosody/example%2eorg/archive/juliet.list", LIST);
  const { code, said } = await sandbox.run("annals import --from jsonl archive.jsonl --config /etc/annals/config.toml");
  if (code !== 0) throw new Error(said);
  await sandbox.write("/etc/annals/config.toml", CONFIG + config);
}
