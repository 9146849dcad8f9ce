/** Annals' policy and the module's, which both decide from one table, over all combinations of what they look at. */
import { assertEquals, assertGreater } from "@std/assert";
import { CONVERSATION } from "../../src/plugins/mam/conversation.ts";
import { shouldStore, strippedNamespaces } from "../../src/plugins/mam/policy.ts";
import { settings } from "../../src/wire/companion.ts";
import { describeMessage, withoutNamespaces } from "../../src/wire/message.ts";
import { serialize } from "../../src/xml/writer.ts";
import { readXml } from "../support/codec.ts";
import { type Combination, combinations } from "../support/combinations.ts";
import { canBeHad } from "../support/servers/available.ts";

const POLICY = new URL("../../scripts/prosody/mod_annals/policy.lua", import.meta.url).pathname;
const PLAYER = new URL("../support/module_policy.lua", import.meta.url).pathname;

const STRIPPED = strippedNamespaces(["http://jabber.org/protocol/chatstates"]);

/** Verdict of Annals: `true`, or the reason. */
function verdictOf({ direction, toResource, text }: Combination): string {
  const message = readXml(text.replace("<message", "<message xmlns='jabber:client'"));
  const traits = describeMessage(message);
  const verdict = shouldStore({
    message,
    traits,
    direction: direction === "in" ? "incoming" : "outgoing",
    toResource,
    answersLeftOut: false,
  });
  const isBare = withoutNamespaces(message, STRIPPED).getChildElements().length === 0;
  return verdict === true && isBare ? "empty when stripped" : String(verdict);
}

/** Verdicts of the module's policy, which has its table from Annals. */
async function verdictsOfModule(all: readonly Combination[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const [told, stanzas] = [`${folder}/settings.xml`, `${folder}/stanzas`];
    const table = settings.write({ policy: true, strip: [...STRIPPED], conversation: CONVERSATION });
    await Deno.writeTextFile(told, serialize(table));
    await Deno.writeTextFile(stanzas, all.map(({ direction, text }) => `${direction} ${text}\n`).join(""));
    const { success, stdout, stderr } = await new Deno.Command("lua5.4", { args: [PLAYER, POLICY, told, stanzas] })
      .output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(success, true);
    return new TextDecoder().decode(stdout).trimEnd().split("\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "mod_annals: its policy decides as that of Annals does",
  ignore: !await canBeHad("Prosody"),
  fn: compare,
});

async function compare(): Promise<void> {
  const all = [...combinations()];
  const module = await verdictsOfModule(all);
  assertGreater(all.length, 20_000);
  assertEquals(module.length, all.length);
  const differing = all.flatMap((each, index) => {
    const verdict = verdictOf(each);
    return verdict === module[index] ? [] : [{ ...each, annals: verdict, module: module[index] }];
  });
  assertEquals(differing, []);
}
