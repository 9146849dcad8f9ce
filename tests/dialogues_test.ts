/**
 * Plays every `tests/dialogues/*.dialogue` against the component with the plugins that come with Annals.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { BUILT_IN } from "../src/plugins/mod.ts";
import { startComponent } from "../src/runtime/component.ts";
import { loadConfig } from "../src/runtime/config/load.ts";
import { memoryLog } from "../src/runtime/log.ts";
import { openMemoryStore } from "../src/store/memory/mod.ts";
import { type Dialogue, playDialogue, readDialogue } from "../src/testing/dialogue.ts";
import { Inbox } from "../src/testing/inbox.ts";
import type { Element } from "../src/xml/element.ts";

const FOLDER = new URL("dialogues/", import.meta.url);

/** What every server announces first; a dialogue that is about grants sends others. */
const GRANTS = readDialogue(`
server
<message from="example.test" to="archive.example.test">
  <delegation xmlns="urn:xmpp:delegation:2"><delegated namespace="urn:xmpp:mam:2"/></delegation>
</message>

server
<message from="example.test" to="archive.example.test">
  <privilege xmlns="urn:xmpp:privilege:2">
    <perm access="roster" type="get"/>
    <perm access="message" type="outgoing"/>
  </privilege>
</message>
`);

function configOf({ settings }: Dialogue): string {
  return `
hosts = ["example.test"]
component.domain = "archive.example.test"
component.secret = "secret"
storage.archive2 = "memory"
${settings}
`;
}

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name.localeCompare(b.name))) {
  const dialogue = readDialogue(Deno.readTextFileSync(new URL(name, FOLDER)));
  Deno.test(`${dialogue.title} (${name})`, async () => {
    const { config, plugins } = await loadConfig({
      file: name,
      text: configOf(dialogue),
      env: {},
      flags: new Map(),
      plugins: BUILT_IN,
    });
    const said = new Inbox<Element>();
    await using component = await startComponent({
      config,
      plugins,
      log: memoryLog(),
      openStore: () => Promise.resolve(openMemoryStore()),
      send: (stanza) => Promise.resolve(said.put(stanza)),
    });
    const stage = { take: component.take, next: () => said.take(() => true, "Annals to say something", 5000) };
    await playDialogue(GRANTS, stage);
    await playDialogue(dialogue, stage);
    assertEquals(said.held, [], "Annals says more than the dialogue has");
  });
}
