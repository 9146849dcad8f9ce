/** Features of Prosody with Annals' module that the standard path lacks. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { archivePage, wholeArchive } from "../support/archive.ts";
import { chat, idOf, onBothPaths, onCompanion, settledArchive } from "./companion_stage.ts";

const BOB = "bob@example.test";

onBothPaths("what people receive live carries the id that it has in their archive", async ({ enter }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat(BOB, "one"));
  const live = idOf(await bob.message("one"), BOB);
  const [archived] = await wholeArchive(bob);
  return { archived: archived?.body, isSame: live === archived?.id };
}, {
  standard: { archived: "one", isSame: false },
  companion: { archived: "one", isSame: true },
});

onBothPaths("what is sent while Annals is away is in the archive afterwards", async ({ enter, annals }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat(BOB, "before"));
  await bob.message("before");
  await wholeArchive(bob);
  await annals.kill();
  await alice.send(chat(BOB, "meanwhile"));
  await bob.message("meanwhile");
  await annals.start();
  await alice.send(chat(BOB, "after"));
  await bob.message("after");
  return (await settledArchive(bob)).map(({ body }) => body);
}, {
  standard: ["before", "after"],
  companion: ["before", "meanwhile", "after"],
});

onBothPaths("the next owner of a name finds nothing of the last one's", async ({ enter, server }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat(BOB, "for Bob only"));
  await bob.message("for Bob only");
  assertEquals((await wholeArchive(bob)).length, 1);
  await bob.send("<iq type='set' id='gone'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await bob.receive((stanza) => stanza.attrs.id === "gone", "the end of the account");
  await server.register("bob");
  const next = await enter("bob");
  // Until the last one's archive is deleted, there is none to read.
  let found: string[] | undefined;
  while (found === undefined) {
    found = await wholeArchive(next).then((archive) => archive.map(({ body }) => body ?? ""), () => undefined);
  }
  assertEquals((await wholeArchive(alice)).length, 1);
  return found;
}, {
  modules: ["register"],
  standard: ["for Bob only"],
  companion: [],
});

onCompanion("the two archives of a message have an id each", async ({ enter }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat(BOB, "one"));
  await bob.message("one");
  await bob.send(chat(alice.account, "two"));
  await alice.message("two");
  const [mine, his] = [await wholeArchive(alice), await wholeArchive(bob)];
  assertEquals([mine, his].map((archive) => archive.map(({ body }) => body)), [["one", "two"], ["one", "two"]]);
  assertNotEquals(mine[0]?.id, his[0]?.id);
});

onCompanion("an offline message comes once, with its id, and not besides the page that it is in", async ({ enter }) => {
  const alice = await enter("alice");
  await alice.send(chat(BOB, "one"));
  await alice.settle();
  const bob = await enter("bob");
  const live = idOf(await bob.message("one"), BOB);
  assertEquals((await wholeArchive(bob)).map(({ id, body }) => [id, body]), [[live, "one"]]);
  await bob[Symbol.asyncDispose]();

  await alice.send(chat(BOB, "two"));
  await alice.settle();
  const paging = await enter("bob", { presence: false });
  assertEquals((await wholeArchive(paging)).map(({ body }) => body), ["one", "two"]);
  await paging.send("<presence/>");
  await paging.settle();
  assertEquals(paging.drain().filter((stanza) => stanza.is("message")), []);
});

onCompanion("a query that is sent while Annals restarts is answered by it", async ({ enter, annals }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat(bob.account, "before"));
  await bob.message("before");
  await annals.kill();
  const page = archivePage(alice, { patience: 20_000 });
  await alice.settle();
  await annals.start();
  assertEquals((await page).messages.map(({ body }) => body), ["before"]);
});
