import { assertEquals } from "@std/assert";
import { type Archived, wholeArchive } from "../support/archive.ts";
import { onEachServer } from "./stage.ts";

onEachServer("two people talk, and their archives outlive a restart and a crash of Annals", async (stage, t) => {
  const alice = await stage.enter("alice");
  const bob = await stage.enter("bob");
  await alice.send(
    `<message to='bob@example.test' type='chat'><body>Art thou not Romeo, and a Montague?</body></message>`,
  );
  await bob.message("Art thou not Romeo, and a Montague?");
  await bob.send(`<message to='alice@example.test' type='chat'><body>Neither, fair saint 🌹</body></message>`);
  await alice.message("Neither, fair saint 🌹");
  const said = ["Art thou not Romeo, and a Montague?", "Neither, fair saint 🌹"];
  const kept = await wholeArchive(alice);

  await t.step("both read it back", async () => {
    assertEquals(kept.map(({ body }) => body), said);
    assertEquals((await wholeArchive(bob)).map(({ body }) => body), said);
  });
  await t.step("it is the same after a restart", async () => {
    await stage.annals.restart();
    assertEquals((await wholeArchive(alice)).map(plain), kept.map(plain));
  });
  await t.step("it is the same after a crash", async () => {
    await stage.annals.kill();
    await stage.annals.start();
    assertEquals((await wholeArchive(alice)).map(plain), kept.map(plain));
  });
  await t.step("SIGTERM ends Annals within 5 s, with exit code 0", async () => {
    assertEquals(await stage.annals.stop(5_000), { success: true, code: 0, signal: null });
  });
});

function plain({ id, stamp, body }: Archived): Omit<Archived, "message"> {
  return { id, stamp, body };
}
