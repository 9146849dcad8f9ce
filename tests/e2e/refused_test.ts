/** Messages that the server, or a rule of its user, refuses to deliver (XEP-0191). */
import type { Client } from "../support/client.ts";
import { chat, onBothPaths, settledArchive } from "./companion_stage.ts";

const [ALICE, BOB] = ["alice@example.test", "bob@example.test"];

async function bodies(client: Client): Promise<(string | null)[]> {
  const messages = await settledArchive(client);
  return messages.filter(({ message }) => message.attrs.type !== "error").map(({ body }) => body);
}

for (const sort of ["bare", "full"] as const) {
  onBothPaths(
    `what is sent to a ${sort} JID whose user has blocked the sender is not in his archive`,
    async (scene) => {
      const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
      const to = sort === "bare" ? BOB : bob.jid;
      await alice.send(chat(to, "before"));
      await bob.message("before");
      await bob.request("set", `<block xmlns='urn:xmpp:blocking'><item jid='${ALICE}'/></block>`);
      await alice.send(chat(to, "blocked"));
      await alice.settle();
      await bob.request("set", `<unblock xmlns='urn:xmpp:blocking'><item jid='${ALICE}'/></unblock>`);
      await alice.send(chat(to, "after"));
      await bob.message("after");
      return { sender: await bodies(alice), recipient: await bodies(bob) };
    },
    {
      modules: ["blocklist"],
      // On the standard path one copy serves both archives, and there is none of what is refused. Its sender gets an error.
      standard: { sender: ["before", "after"], recipient: ["before", "after"] },
      companion: { sender: ["before", "blocked", "after"], recipient: ["before", "after"] },
    },
  );
}

onBothPaths("what the sender himself has blocked is in nobody's archive", async (scene) => {
  const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
  await alice.request("set", `<block xmlns='urn:xmpp:blocking'><item jid='${BOB}'/></block>`);
  await alice.send(chat(BOB, "to somebody whom I have blocked"));
  await alice.send(chat("carol@elsewhere.test", "to a host that cannot be reached"));
  await alice.settle();
  return { sender: await bodies(alice), recipient: await bodies(bob) };
}, {
  modules: ["blocklist"],
  standard: { sender: ["to a host that cannot be reached"], recipient: [] as (string | null)[] },
  companion: { sender: ["to a host that cannot be reached"], recipient: [] as (string | null)[] },
});
