/** Tests that a device which was never there before finds no text that was retracted (XEP-0424), on each path. */
import { assertEquals } from "@std/assert";
import { wholeArchive } from "../support/archive.ts";
import type { Client, LoginOptions } from "../support/client.ts";
import { onCompanion } from "./companion_stage.ts";
import { onEachServer } from "./stage.ts";

const RETRACT = "urn:xmpp:message-retract:1";
const BOB = "bob@example.test";
const ALICE = "alice@example.test";

function chat(to: string, id: string, content: string): string {
  return `<message to='${to}' type='chat' id='${id}'>${content}</message>`;
}

function retract(to: string, id: string, target: string): string {
  return chat(
    to,
    id,
    `<retract xmlns='${RETRACT}' id='${target}'/><body>${id} retracts</body><store xmlns='urn:xmpp:hints'/>`,
  );
}

/** Messages of an archive, in order: the id, and the body or the id of the retraction. */
async function shown(client: Client): Promise<string[]> {
  return (await wholeArchive(client)).map(({ message, body }) => {
    const retracted = message.getChild("retracted", RETRACT);
    const said = retracted === undefined ? body : `by ${retracted.attrs.id} ${retracted.attrs.stamp?.length}`;
    return `${message.attrs.id}: ${said}`;
  });
}

interface Stage {
  enter(user: string, options?: LoginOptions): Promise<Client>;
}

async function play({ enter }: Stage): Promise<void> {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat(BOB, "m1", "<body>secret</body>"));
  await bob.message("secret");
  await alice.send(chat(BOB, "c1", `<body>corrected</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>`));
  await bob.message("corrected");
  await bob.send(chat(ALICE, "m2", "<body>an answer</body>"));
  await alice.message("an answer");
  // Bob cannot take back what Alice said.
  await bob.send(retract(ALICE, "r0", "m1"));
  await alice.message("r0 retracts");
  assertEquals((await shown(alice)).slice(0, 2), ["m1: secret", "c1: corrected"]);
  await alice.send(retract(BOB, "r1", "m1"));
  await bob.message("r1 retracts");
  for (const user of ["alice", "bob"]) {
    const fresh = await enter(user);
    const found = await shown(fresh);
    assertEquals(found, ["m1: by r1 24", "c1: by r1 24", "m2: an answer", "r0: r0 retracts", "r1: r1 retracts"]);
    const text = (await wholeArchive(fresh)).map(({ message }) => String(message)).join();
    assertEquals([text.includes("secret"), text.includes("corrected")], [false, false]);
    const features =
      (await fresh.request("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", `${user}@example.test`))
        .getChild("query")?.getChildren("feature").map(({ attrs }) => attrs.var) ?? [];
    assertEquals([RETRACT, `${RETRACT}#tombstone`].filter((feature) => !features.includes(feature)), []);
  }
}

onEachServer("a fresh device finds a tombstone where a message was retracted", (stage) => (
  play({ enter: (user, options) => stage.enter(user, options) })
));

onCompanion("a fresh device finds a tombstone where a message was retracted", play);
