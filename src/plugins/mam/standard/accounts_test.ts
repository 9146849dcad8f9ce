import { assertEquals } from "@std/assert";
import type { Roster } from "../../../runtime/roster.ts";
import { StanzaError } from "../../../xmpp/error.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { Accounts } from "./accounts.ts";

/** Ends of an archive. */
const EXTENT = { first: { id: "1", time: 0 }, last: { id: "1", time: 0 } };

const ALICE = Jid.parse("alice@a.test");

/** Accounts, and what was asked about them. */
function started({ archives = [], roster = () => Promise.resolve(new Set<string>()) }: {
  archives?: readonly string[];
  roster?: (account: Jid) => Promise<Roster>;
} = {}): { accounts: Accounts; asked: string[]; pass: (milliseconds: number) => void } {
  const asked: string[] = [];
  let time = 0;
  const accounts = new Accounts({
    store: { extent: (account) => Promise.resolve(archives.includes(account) ? EXTENT : undefined) },
    roster(account): Promise<Roster> {
      asked.push(account.bare);
      return roster(account);
    },
    now: () => time,
  });
  return { accounts, asked, pass: (milliseconds) => time += milliseconds };
}

const SHOWN: readonly [what: string, options: Parameters<typeof started>[0], exists: boolean][] = [
  ["that has an archive", { archives: ["alice@a.test"] }, true],
  ["that has contacts", { roster: () => Promise.resolve(new Set(["bob@a.test"])) }, true],
  ["with an empty roster, as servers show it for any name", {}, false],
  ["whose roster is not shown", { roster: () => Promise.reject(new StanzaError("forbidden")) }, false],
];

for (const [what, options, exists] of SHOWN) {
  Deno.test(`Accounts: an account ${what} exists: ${exists}`, async () => {
    assertEquals(await started(options).accounts.exists(ALICE), exists);
  });
}

Deno.test("Accounts knows at once who has shown a sign of life, but not of what was asked before that", async () => {
  const { promise, resolve } = Promise.withResolvers<Roster>();
  const { accounts } = started({ roster: () => promise });
  const asking = accounts.exists(ALICE);
  accounts.saw("alice@a.test");
  assertEquals(accounts.exists(ALICE), true);
  resolve(new Set());
  assertEquals([await asking, accounts.exists(ALICE)], [false, true]);
});

Deno.test("Accounts asks once about a name that is sent much, and again some seconds later", async () => {
  const { accounts, asked, pass } = started();
  assertEquals(await Promise.all([accounts.exists(ALICE), accounts.exists(ALICE)]), [false, false]);
  assertEquals(accounts.exists(ALICE), false);
  assertEquals(asked, ["alice@a.test"]);
  pass(10_000);
  await accounts.exists(ALICE);
  assertEquals(asked, ["alice@a.test", "alice@a.test"]);
});

Deno.test("Accounts makes of a flood of names 20 requests at a time, and keeps no more than 1,000 waiting", async () => {
  const answers: (() => void)[] = [];
  const { accounts, asked } = started({
    roster: () => new Promise((resolve) => answers.push(() => resolve(new Set()))),
  });
  let answered = 0;
  const all = Promise.all(Array.from({ length: 3000 }, async (_, index) => {
    assertEquals(await accounts.exists(Jid.parse(`${index}@a.test`)), false);
    answered++;
  }));
  while (answered < 1980) await Promise.resolve();
  assertEquals([asked.length, answered], [20, 1980]);
  let given = 0;
  while (answered < 3000) {
    assertEquals(answers.length - given <= 20, true);
    for (; given < answers.length; given++) answers[given]?.();
    await Promise.resolve();
  }
  await all;
  assertEquals(asked.length, 1020);
});

Deno.test("Accounts fails where the store does, so that it is asked again", async () => {
  const accounts = new Accounts({
    store: { extent: () => Promise.reject(new Error("the disk is gone")) },
    roster: () => Promise.resolve(new Set()),
    now: () => 0,
  });
  assertEquals(await Promise.resolve(accounts.exists(ALICE)).catch(({ message }) => message), "the disk is gone");
});
