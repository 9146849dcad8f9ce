/** One corpus of messages, and what real servers' archives hold of it, by every path. */
import { assertEquals } from "@std/assert";
import { CORPUS, type CorpusMessage } from "../support/corpus.ts";
import { chat, onCompanion, type Scene, settledArchive } from "./companion_stage.ts";
import { onEachServer } from "./stage.ts";

type Stage = Pick<Scene, "server" | "annals" | "enter">;

onEachServer("the corpus: archives hold what the policy keeps, and nothing else", async (stage) => {
  await playCorpus({ server: stage.server, annals: stage.annals, enter: (...who) => stage.enter(...who) });
});

onCompanion("the corpus: archives hold what the policy keeps, and nothing else", async (scene) => {
  await playCorpus(scene);
  // The module reports the rest, by reason.
  const { url } = await scene.annals.event("watchable");
  const expected = countsOf(CORPUS);
  let told: Record<string, number> = {};
  do told = await skippedBy(`${url}metrics`); while (totalOf(told) < totalOf(expected));
  assertEquals(told, expected);
}, { config: { metrics: { listen: "127.0.0.1:0" } } });

onCompanion("the corpus: a module that knows no policy yet lets Annals decide", async (scene) => {
  await scene.annals.stop();
  await scene.server.restart();
  await playCorpus(scene, () => scene.annals.start());
});

onCompanion("what another module keeps out is counted, whatever reasons it gives", async ({ annals, enter }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  for (let i = 1; i <= 60; i++) await alice.send(chat(bob.account, `contrary ${i}`));
  await alice.send(chat(bob.account, "the end"));
  await bob.message("the end");
  assertEquals((await settledArchive(bob)).map(({ body }) => body), ["the end"]);
  const { url } = await annals.event("watchable");
  let told: Record<string, number> = {};
  do told = await skippedBy(`${url}metrics`); while (totalOf(told) < 60);
  assertEquals(told, { "another module": 60 });
}, { modules: ["contrary"], config: { metrics: { listen: "127.0.0.1:0" } } });

/** Alice sends the corpus to Bob. */
async function playCorpus({ enter }: Stage, then = () => Promise.resolve()): Promise<void> {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  for (const [index, { children, type = "chat", toResource }] of CORPUS.entries()) {
    const to = toResource ? bob.jid : bob.account;
    await alice.send(`<message id='corpus-${index}' type='${type}' to='${to}'>${children}</message>`);
  }
  await alice.send(chat(bob.account, "the end"));
  await bob.message("the end");
  await then();
  const names = (kept: (message: CorpusMessage) => unknown): string[] => CORPUS.filter(kept).map(({ name }) => name);
  for (
    const [client, expected] of [
      [alice, names(({ sent }) => sent === true)],
      [bob, names(({ sent, received = sent }) => received === true)],
    ] as const
  ) {
    const held = (await settledArchive(client)).map(({ message }) =>
      /^corpus-(\d+)$/.exec(message.attrs.id ?? "")?.[1]
    );
    const found = held.flatMap((index) => index === undefined ? [] : [CORPUS[Number(index)]?.name]);
    assertEquals(found, expected, client.account);
  }
}

/** Counts of each reason, at the sender and at the recipient of the corpus. */
function countsOf(corpus: readonly CorpusMessage[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, sent, received = sent } of corpus) {
    // The module judges a message between two accounts once, but an error for each of them.
    for (const verdict of type === "error" ? [sent, received] : [sent]) {
      if (verdict !== true) counts[verdict] = (counts[verdict] ?? 0) + 1;
    }
  }
  return Object.fromEntries(Object.entries(counts).sort());
}

function totalOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Counts of Annals, by its metrics. */
async function skippedBy(metrics: string): Promise<Record<string, number>> {
  const text = await (await fetch(metrics)).text();
  const lines = text.matchAll(/^annals_messages_skipped_total\{reason="([^"]+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, reason = "", count]) => [reason, Number(count)] as const).sort());
}
