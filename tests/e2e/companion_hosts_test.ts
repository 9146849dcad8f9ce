/** Two virtual hosts, one Annals: nothing of the one touches the other, whichever way each is connected. */
import { assertEquals } from "@std/assert";
import { archivePage, condition } from "../support/archive.ts";
import { chat, idOf, onCompanion, settledArchive } from "./companion_stage.ts";

const HERE = "example.test";
const THERE = "example.net";

const PATHS: readonly [what: string, companion: readonly string[]][] = [
  ["both hosts have the module", [HERE, THERE]],
  ["one host has the module, the other is on the standard path", [HERE]],
];

for (const [what, companion] of PATHS) {
  onCompanion(what, async ({ enter }) => {
    const alice = await enter("alice", { host: HERE });
    const [bob, namesake] = [await enter("bob", { host: THERE }), await enter("alice", { host: THERE })];
    await alice.send(chat(bob.account, "over the wall"));
    const there = idOf(await bob.message("over the wall"), bob.account);
    await bob.send(chat(alice.account, "and back"));
    const here = idOf(await alice.message("and back"), alice.account);

    const [mine, his] = [await settledArchive(alice), await settledArchive(bob)];
    assertEquals([mine, his].map((archive) => archive.map(({ body }) => body)), [
      ["over the wall", "and back"],
      ["over the wall", "and back"],
    ]);
    assertEquals(here, mine[1]?.id);
    assertEquals(there, companion.includes(THERE) ? his[0]?.id : undefined);
    assertEquals(await settledArchive(namesake), []);
    const { messages, iq } = await archivePage(namesake, { to: alice.account });
    assertEquals(messages, []);
    assertEquals(["forbidden", "service-unavailable"].includes(condition(iq) ?? ""), true, String(iq));
  }, { hosts: [HERE, THERE], companion });
}

onCompanion("an account that is deleted leaves its namesake on the other host alone", async ({ enter, annals }) => {
  const [alice, namesake] = [await enter("alice", { host: HERE }), await enter("alice", { host: THERE })];
  for (const client of [alice, namesake]) {
    await client.send(chat(client.account, "A note"));
    await client.message("A note");
  }
  await alice.send("<iq type='set' id='gone'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await annals.event("account-deleted", { where: { account: `alice@${HERE}` } });
  assertEquals((await settledArchive(namesake)).map(({ body }) => body), ["A note"]);
}, { hosts: [HERE, THERE], modules: ["register"] });
