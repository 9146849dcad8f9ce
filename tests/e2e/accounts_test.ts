/** Archives begin only for accounts that the server has, on the standard path too. */
import { assertEquals } from "@std/assert";
import { wholeArchive } from "../support/archive.ts";
import { chat, onBothPaths, settledArchive } from "./companion_stage.ts";
import { onEachServer, type Stage } from "./stage.ts";

/** Bodies of somebody's archive, without what came back. */
async function bodies(stage: Stage, user: string): Promise<(string | null)[]> {
  const messages = await wholeArchive(await stage.enter(user));
  return messages.filter(({ message }) => message.attrs.type !== "error").map(({ body }) => body);
}

onEachServer("whoever registers a name reads nothing of what was sent to it before", async (stage) => {
  const alice = await stage.enter("alice");
  for (let i = 1; i <= 50; i++) await alice.send(chat(`nobody${i}@example.test`, `to nobody ${i}`));
  await alice.settle();
  assertEquals((await bodies(stage, "alice")).length, 50);
  for (const user of ["nobody1", "nobody50"]) {
    await stage.server.register(user);
    assertEquals(await bodies(stage, user), []);
    await alice.send(chat(`${user}@example.test`, "welcome"));
    const [welcome] = await bodies(stage, user);
    assertEquals(welcome, "welcome");
  }
});

onEachServer(
  "an account that has shown itself has an archive from its first message on, also while it is away",
  async (stage) => {
    const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
    await bob.settle();
    await bob[Symbol.asyncDispose]();
    await alice.send(chat("bob@example.test", "while away"));
    await alice.settle();
    assertEquals(await bodies(stage, "bob"), ["while away"]);
  },
);

onBothPaths("an account that was never seen has an archive from its first message on", async ({ server, enter }) => {
  await server.register("dave");
  const alice = await enter("alice");
  await alice.send(chat("dave@example.test", "welcome"));
  await alice.settle();
  return (await settledArchive(await enter("dave"))).map(({ body }) => body);
}, { standard: ["welcome"], companion: ["welcome"].slice() });
