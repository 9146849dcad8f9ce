import { assertEquals } from "@std/assert";
import { CONVERSATION } from "../../src/plugins/mam/conversation.ts";
import { settings } from "../../src/wire/companion.ts";
import { readXml } from "../support/codec.ts";
import { chat, onModule } from "./module_stage.ts";

const RETRACT = "urn:xmpp:message-retract:1";
const BOB = "bob@example.test";

/** A message with an id of its own. */
function said(to: string, id: string, body: string, more = ""): string {
  return chat(to, body, more).replace("<message ", `<message id='${id}' `);
}

function retract(to: string, id: string): string {
  return `<message to='${to}' type='chat' id='r'><retract xmlns='${RETRACT}' id='${id}'/></message>`;
}

/** Retractions while Alice's messages a, b and c to Bob wait, and those whose words are left; b corrects a. */
const CASES: readonly [what: string, who: "alice" | "bob", to: string, id: string, left: readonly string[]][] = [
  ["its author retracts", "alice", BOB, "c", ["a", "b"]],
  ["its author retracts, with its correction", "alice", BOB, "a", ["c"]],
  ["somebody else retracts", "bob", "alice@example.test", "c", ["a", "b", "c"]],
  ["its author retracts towards another", "alice", "carol@example.test", "c", ["a", "b", "c"]],
  ["nobody has sent", "alice", BOB, "x", ["a", "b", "c"]],
];

for (const isWanted of [true, false]) {
  for (const [what, who, to, id, left] of CASES) {
    onModule(
      `what waits for Annals, which ${isWanted ? "applies" : "ignores"} retractions, when it is retracted: ${what}`,
      async (stage) => {
        const component = await stage.welcomeAll(["alice", "bob", "carol"]);
        const told = settings.write({ policy: true, strip: [], conversation: CONVERSATION, tombstones: isWanted });
        await component.tell(told.toString());
        await component.settle();
        const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
        await component[Symbol.asyncDispose]();
        await stage.server.line((line) => line.includes("Annals is away"));
        await alice.send(said(BOB, "a", "a"));
        await alice.send(said(BOB, "b", "b", "<replace xmlns='urn:xmpp:message-correct:0' id='a'/>"));
        await alice.send(said(BOB, "c", "c"));
        await bob.message("c");
        await (who === "alice" ? alice : bob).send(retract(to, id));
        await (who === "alice" ? alice : bob).settle();
        const again = await stage.welcome();
        const entries = await again.entries(4);
        const messages = entries.map(({ text }) => readXml(text));
        assertEquals(messages.map(({ attrs }) => attrs.id), ["a", "b", "c", "r"]);
        const words = messages.flatMap((message) => message.getChildText("body") ?? []);
        assertEquals(words, isWanted ? left : ["a", "b", "c"]);
        const stones = messages.flatMap((message) => message.getChild("retracted", RETRACT)?.attrs.id ?? []);
        assertEquals(stones, Array(3 - words.length).fill("r"));
      },
    );
  }
}
