import { assertEquals, assertRejects } from "@std/assert";
import type { ArchiveStore, Preferences } from "../../store/archive.ts";
import { Jid } from "../../xmpp/jid.ts";
import { type DefaultPolicy, PreferenceBook, ruleFor } from "./preferences.ts";

const ROWS: readonly [
  description: string,
  preferences: Partial<Preferences> | undefined,
  peer: string,
  rule: DefaultPolicy | undefined,
][] = [
  ["no preferences", undefined, "bob@b.test/1", undefined],
  ["the default always", { default: "always" }, "bob@b.test/1", true],
  ["the default never", { default: "never" }, "bob@b.test/1", false],
  ["the default roster", { default: "roster" }, "bob@b.test/1", "roster"],
  ["a bare JID, any resource", { always: ["bob@b.test"] }, "bob@b.test/1", true],
  ["a bare JID, the bare JID", { always: ["bob@b.test"] }, "bob@b.test", true],
  ["a full JID, that resource", { always: ["bob@b.test/1"] }, "bob@b.test/1", true],
  ["a full JID, another resource", { always: ["bob@b.test/1"] }, "bob@b.test/2", false],
  ["a full JID, the bare JID", { always: ["bob@b.test/1"] }, "bob@b.test", false],
  ["a domain, an account there", { always: ["b.test"] }, "bob@b.test/1", false],
  ["a domain itself", { always: ["b.test"] }, "b.test", true],
  ["always full, never bare", { always: ["bob@b.test/1"], never: ["bob@b.test"] }, "bob@b.test/1", true],
  ["never full, always bare", { always: ["bob@b.test"], never: ["bob@b.test/1"] }, "bob@b.test/1", false],
];

for (const [description, preferences, peer, rule] of ROWS) {
  Deno.test(`ruleFor() with ${description}: ${rule} (XEP-0441 §2.3)`, () => {
    const all = preferences && { default: "never", always: [], never: [], ...preferences } as const;
    assertEquals(ruleFor(all, Jid.parse(peer)), rule);
  });
}

const ALWAYS: Preferences = { default: "always", always: [], never: [] };
const NEVER: Preferences = { default: "never", always: [], never: [] };

/** A book over a store that says which accounts it was asked about. */
function book(
  preferences: (account: string) => Promise<Preferences | undefined>,
  { shared = false, now }: { readonly shared?: boolean; readonly now?: () => number } = {},
): { book: PreferenceBook; read: string[] } {
  const read: string[] = [];
  const store = {
    shared,
    preferences(account: string): Promise<Preferences | undefined> {
      read.push(account);
      return preferences(account);
    },
    setPreferences: () => Promise.resolve(),
  } as Partial<ArchiveStore> as ArchiveStore;
  return { book: new PreferenceBook(store, now), read };
}

Deno.test("PreferenceBook reads an account's preferences once, also where there are none", async () => {
  const { book: b, read } = book((account) => Promise.resolve(account === "alice@a.test" ? ALWAYS : undefined));
  for (const account of ["alice@a.test", "bob@a.test"]) await b.of(account);
  assertEquals([b.of("alice@a.test"), b.of("bob@a.test")], [ALWAYS, undefined]);
  assertEquals(read, ["alice@a.test", "bob@a.test"]);
});

Deno.test("PreferenceBook reads again what it goes by for a while yet, so that nobody waits for it", async () => {
  let [now, preferences] = [0, ALWAYS];
  let answer = Promise.withResolvers<Preferences>();
  const { book: b, read } = book(() => now === 0 ? Promise.resolve(preferences) : answer.promise, {
    shared: true,
    now: () => now,
  });
  await b.of("alice@a.test");
  now = 5_000;
  assertEquals([b.of("alice@a.test"), b.of("alice@a.test"), read.length], [ALWAYS, ALWAYS, 2]);
  // The database is away: what is known is gone by, and then waited for.
  answer.reject(new Error("away"));
  await assertRejects(() => answer.promise);
  now = 9_999;
  answer = Promise.withResolvers();
  assertEquals(b.of("alice@a.test"), ALWAYS);
  preferences = NEVER;
  answer.resolve(preferences);
  await answer.promise;
  now = 14_998;
  assertEquals(await b.of("alice@a.test"), NEVER);
});

Deno.test("PreferenceBook has what was set at hand, whatever was being read meanwhile", async () => {
  const old = Promise.withResolvers<Preferences>();
  const { book: b } = book(() => old.promise);
  const reading = b.of("alice@a.test");
  await b.set("alice@a.test", NEVER);
  old.resolve(ALWAYS);
  assertEquals(await reading, NEVER);
  assertEquals(b.of("alice@a.test"), NEVER);
});

Deno.test("PreferenceBook keeps nothing in mind that the store does not take", async () => {
  const store = {
    preferences: () => Promise.resolve(ALWAYS),
    setPreferences: () => Promise.reject(new Error("disk full")),
  } as Partial<ArchiveStore> as ArchiveStore;
  const b = new PreferenceBook(store);
  await b.set("alice@a.test", NEVER).catch(() => {});
  assertEquals(await b.of("alice@a.test"), ALWAYS);
});

Deno.test("PreferenceBook forgets the account that it has known longest when there are too many", async () => {
  const { book: b, read } = book(() => Promise.resolve(ALWAYS));
  const accounts = Array.from({ length: 10_001 }, (_, index) => `user${index}@a.test`);
  for (const account of accounts) await b.of(account);
  assertEquals(read.length, accounts.length);
  assertEquals(b.of("user1@a.test"), ALWAYS);
  await b.of("user0@a.test");
  assertEquals(read.slice(accounts.length), ["user0@a.test"]);
});

Deno.test("PreferenceBook goes by what another process may have changed for ten seconds", async () => {
  let [now, preferences] = [0, ALWAYS];
  const { book: b, read } = book(() => Promise.resolve(preferences), { shared: true, now: () => now });
  await b.of("alice@a.test");
  preferences = NEVER;
  now = 9_999;
  assertEquals(b.of("alice@a.test"), ALWAYS);
  now = 10_000;
  assertEquals(await b.of("alice@a.test"), NEVER);
  assertEquals(b.of("alice@a.test"), NEVER);
  assertEquals(read.length, 2);
});

Deno.test("PreferenceBook has what was set at hand, also where it was out of date and is being read", async () => {
  let now = 0;
  const old = Promise.withResolvers<Preferences>();
  const { book: b } = book(() => now === 0 ? Promise.resolve(ALWAYS) : old.promise, { shared: true, now: () => now });
  await b.of("alice@a.test");
  now = 10_000;
  const reading = b.of("alice@a.test");
  await b.set("alice@a.test", NEVER);
  old.resolve(ALWAYS);
  assertEquals(await reading, NEVER);
});
