/**
 * Tests that clients can page from every id that they were told (XEP-0313 §"Requesting pages"), and that what the
 * server takes is kept.
 */
import { assert, assertEquals } from "@std/assert";
import { archivePage } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import { idOf, onCompanion, settledArchive } from "./companion_stage.ts";
import { PLUGIN_FOLDER } from "../support/documented_plugins.ts";

const BOB = "bob@example.test";

/** A message with this among its children. */
function around(id: string, inner: string): string {
  return `<message to='${BOB}' type='chat' id='${id}'><body>${id}</body>${inner}</message>`;
}

function nested(levels: number): string {
  return `<x xmlns='urn:example:deep'>${"<a>".repeat(levels)}${"</a>".repeat(levels)}</x>`;
}

/** Bodies of what comes after an id. */
async function after(client: Client, id: string | undefined): Promise<readonly (string | null)[] | string> {
  const { messages, error } = await archivePage(client, { page: { after: id ?? "none" } });
  return error ?? messages.map(({ body }) => body);
}

const INNER: Readonly<Record<string, string>> = {
  "100 attributes": `<x xmlns='urn:example:wide' ${
    Array.from({ length: 100 }, (_, at) => `a${at}='${at}'`).join(" ")
  }/>`,
  "100 levels": nested(100),
  "1,000 levels": nested(1000),
  "37,000 levels, which is all that fits": nested(37_000),
};

for (const [what, inner] of Object.entries(INNER)) {
  onCompanion(`a message with ${what} is delivered with its id, kept, and paged from`, async ({ enter }) => {
    const [alice, bob] = [await enter("alice"), await enter("bob")];
    await alice.send(around("first", inner));
    const id = idOf(await bob.message("first"), BOB);
    await alice.send(around("second", ""));
    await bob.message("second");
    assert(id !== undefined);
    assertEquals(await after(bob, id), ["second"]);
    const [first] = await settledArchive(bob);
    assertEquals([first?.id, first?.body], [id, "first"]);
    const children = first?.message.getChildElements() ?? [];
    assertEquals(children.map(({ name }) => name), ["body", "x"]);
  });
}

onCompanion("what preferences leave out that the module does not know yet is paged from", async ({ enter, annals }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  const never = "<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>";
  assertEquals((await bob.request("set", never)).attrs.type, "result");
  await annals.kill();
  await alice.send(around("first", ""));
  const id = idOf(await bob.message("first"), BOB);
  assert(id !== undefined);
  await annals.start();
  assertEquals(await settledArchive(bob), []);
  assertEquals(await after(bob, id), []);
});

onCompanion("what a plugin leaves out is paged from, also when Annals was killed", async ({ enter, annals }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  const ids = [];
  for (const body of ["one", "whisper", "two"]) {
    await alice.send(around(body, ""));
    ids.push(idOf(await bob.message(body), BOB));
  }
  assertEquals((await settledArchive(bob)).map(({ id }) => id), [ids[0], ids[2]]);
  assertEquals(await after(bob, ids[1]), ["two"]);
  const { error } = await archivePage(bob, { form: { ids: [ids[1] ?? ""] } });
  assertEquals(error, "item-not-found");
  await annals.kill();
  await annals.start();
  assertEquals((await settledArchive(bob)).length, 2);
  assertEquals(await after(bob, ids[1]), ["two"]);
}, {
  config: {
    modules_enabled: ["mam", "veto"],
    plugin_paths: [PLUGIN_FOLDER],
    plugins: { veto: { word: "whisper" } },
  },
});
