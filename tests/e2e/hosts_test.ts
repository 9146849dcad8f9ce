import { assertEquals } from "@std/assert";
import { archivePage, condition } from "../support/archive.ts";
import { onEachServer } from "./stage.ts";

const HOSTS = ["example.test", "example.net"] as const;

onEachServer("one Annals keeps the archives of two virtual hosts", async (stage, t) => {
  const [here, there] = HOSTS;
  const alice = await stage.enter("alice", { host: here });
  const bob = await stage.enter("bob", { host: there });
  const namesake = await stage.enter("alice", { host: there });
  await alice.send(`<message to='bob@${there}' type='chat' id='1'><body>over the wall</body></message>`);
  await bob.message("over the wall");
  await bob.send(`<message to='alice@${here}' type='chat' id='2'><body>and back</body></message>`);
  await alice.message("and back");

  for (const client of [alice, bob]) {
    await t.step(`${client.account} has both messages, once`, async () => {
      const { messages } = await archivePage(client);
      assertEquals(messages.map(({ body }) => body), ["over the wall", "and back"]);
    });
  }
  await t.step("a namesake on the other host has neither", async () => {
    assertEquals((await archivePage(namesake)).messages, []);
  });
  await t.step("and may not ask for them", async () => {
    const { messages, iq } = await archivePage(namesake, { to: alice.account });
    assertEquals(messages, []);
    assertEquals(["forbidden", "service-unavailable"].includes(condition(iq) ?? ""), true, String(iq));
  });
}, { server: { hosts: HOSTS } });
