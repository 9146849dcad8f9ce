/** The contract of stores: text that is kept beside a stanza, held against every kind of store. */
import { assertEquals } from "@std/assert";
import type { ArchiveStore, NewMessage } from "./archive.ts";
import { idAt, ROMEO, START } from "../../tests/support/store/messages.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

function messageAt(millisecond: number, beside?: string): NewMessage {
  return {
    time: START + millisecond,
    stanza: "<message/>",
    entries: [{ archive: ROMEO, id: idAt(millisecond), with: ROMEO, resource: "nick" }],
    ...beside !== undefined && { beside },
  };
}

/** Texts beside the entries that match, in order of arrival. */
async function found(store: ArchiveStore, beside?: string): Promise<(string | undefined)[]> {
  const page = await store.page(ROMEO, { ...beside !== undefined && { beside } }, { max: 10, before: "" });
  return "unknown" in page ? [] : page.entries.map((entry) => entry.beside);
}

test("what is kept beside a stanza comes with it, also where others have nothing there", async (store) => {
  await store.append([messageAt(0, "a@b/c owner"), messageAt(1), messageAt(2, "")]);
  assertEquals(await found(store), ["a@b/c owner", undefined, ""]);
  const walked = await Array.fromAsync(store.entries(ROMEO), ({ beside }) => beside);
  assertEquals(walked, ["a@b/c owner", undefined, ""]);
});

test("entries are found by the start of what is kept beside them", async (store) => {
  await store.append([messageAt(0, "a@b/c owner"), messageAt(1), messageAt(2, "a@b/d none"), messageAt(3, "%a@b/c")]);
  assertEquals(await found(store, "a@b/"), ["a@b/c owner", "a@b/d none"]);
  assertEquals(await found(store, "a@b/c "), ["a@b/c owner"]);
  assertEquals(await found(store, "%"), ["%a@b/c"]);
  assertEquals(await found(store, "A@b/"), []);
  assertEquals(await store.count(ROMEO, { beside: "a@b/" }), 2);
  const page = await store.page(ROMEO, { beside: "a@b/" }, { max: 1 });
  assertEquals("unknown" in page ? undefined : [page.count, page.complete], [2, false]);
});

test("what is kept beside a stanza goes from one store to another", async (store) => {
  const whole = { id: "one", time: START, stanza: "<message/>", with: ROMEO, resource: "nick" };
  assertEquals(await store.adopt(ROMEO, [{ ...whole, beside: "a@b/c" }, { ...whole, id: "two" }]), {
    added: 2,
    held: 0,
  });
  assertEquals(await found(store), ["a@b/c", undefined]);
});
