import { assertEquals } from "@std/assert";
import { IndependentClient } from "../support/independent_client.ts";
import { onEachServer } from "./stage.ts";

onEachServer("a client that shares no code with Annals pages through an archive", async ({ server }) => {
  await using alice = await IndependentClient.login(server, "alice", "balcony");
  await using bob = await IndependentClient.login(server, "bob", "orchard");
  const said = ["one", "two", "three", "four", "five"];
  for (const body of said) {
    await alice.say("bob@example.test", body);
    await bob.hear(body);
  }
  for (const reader of [alice, bob]) {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const { messages, complete, last } = await reader.remember(2, after);
      pages.push(messages.map(({ body }) => body));
      after = complete ? undefined : last;
    } while (after !== undefined);
    assertEquals(pages, [["one", "two"], ["three", "four"], ["five"]], reader.account);
  }
});
