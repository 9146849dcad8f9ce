import { assertEquals } from "@std/assert";
import { memoryLog } from "../../log/log.ts";
import type { Preferences } from "../../store/archive.ts";
import { StanzaError } from "../../xmpp/error.ts";
import { Jid } from "../../xmpp/jid.ts";
import { decider } from "./decide.ts";
import type { DefaultPolicy } from "./preferences.ts";
import { Tally } from "./tally.ts";

interface Row {
  readonly description: string;
  readonly preferences?: Partial<Preferences>;
  readonly policy?: DefaultPolicy;
  readonly peer?: string;
  readonly kept: boolean;
}

const ROSTER = new Set(["friend@b.test"]);

const ROWS: readonly Row[] = [
  { description: "the operator's default true", policy: true, kept: true },
  { description: "the operator's default false", policy: false, kept: false },
  { description: 'the operator\'s default "roster", a contact', policy: "roster", kept: true },
  { description: 'the operator\'s default "roster", a stranger', policy: "roster", peer: "spam@z.test/x", kept: false },
  { description: 'the operator\'s default "roster", oneself', policy: "roster", peer: "alice@a.test/y", kept: true },
  {
    description: "default='never' over the operator's true",
    preferences: { default: "never" },
    policy: true,
    kept: false,
  },
  {
    description: "default='always' over the operator's false",
    preferences: { default: "always" },
    policy: false,
    kept: true,
  },
  { description: "default='roster', a stranger", preferences: { default: "roster" }, peer: "spam@z.test", kept: false },
  { description: "always", preferences: { default: "never", always: ["friend@b.test"] }, kept: true },
  { description: "never", preferences: { default: "always", never: ["friend@b.test"] }, kept: false },
  { description: "never for another", preferences: { default: "always", never: ["foe@b.test"] }, kept: true },
  {
    description: "never for this resource",
    preferences: { default: "always", never: ["friend@b.test/phone"] },
    kept: false,
  },
  {
    description: "never for another resource",
    preferences: { default: "always", never: ["friend@b.test/pc"] },
    kept: true,
  },
  {
    description: "always for this resource, never for the bare JID",
    preferences: { default: "never", always: ["friend@b.test/phone"], never: ["friend@b.test"] },
    kept: true,
  },
];

for (const { description, preferences, policy = true, peer = "friend@b.test/phone", kept } of ROWS) {
  Deno.test(`decider() by ${description}: ${kept} (XEP-0441)`, async () => {
    const decide = decider({
      book: { of: () => preferences && { default: "always", always: [], never: [], ...preferences } },
      options: { default_archive_policy: policy },
      accounts: { exists: () => true },
      wasKept: () => Promise.resolve(false),
      roster: () => Promise.resolve(ROSTER),
      tally: new Tally(),
      log: memoryLog(),
    });
    assertEquals(
      await decide({ account: Jid.parse("alice@a.test"), peer: Jid.parse(peer), direction: "incoming" }),
      kept,
    );
  });
}

Deno.test("decider() keeps nothing by roster when the server does not show it, and says so once a host", async () => {
  const log = memoryLog();
  const tally = new Tally();
  const decide = decider({
    book: { of: () => Promise.resolve(undefined) },
    options: { default_archive_policy: "roster" },
    accounts: { exists: () => true },
    wasKept: () => Promise.resolve(false),
    roster: () => Promise.reject(new StanzaError("forbidden")),
    tally,
    log,
  });
  for (const account of ["alice@a.test", "bob@a.test", "carol@c.test"]) {
    const owner = { account: Jid.parse(account), peer: Jid.parse("friend@b.test"), direction: "incoming" } as const;
    assertEquals(await decide(owner), false);
  }
  assertEquals(log.events.map(({ fields }) => fields["host"]), ["a.test", "c.test"]);
  assertEquals(tally.counts(), { "roster unknown": 3 });
});

for (
  const [what, owner, preferences, kept] of [
    [
      "keeps nothing of what an account receives that was not shown to exist",
      { direction: "incoming" },
      undefined,
      false,
    ],
    ["keeps what it sends, which shows that it exists", { direction: "outgoing" }, undefined, true],
    ["keeps what it receives where it has preferences", { direction: "incoming" }, "always", true],
  ] as const
) {
  Deno.test(`decider() ${what}`, async () => {
    for (const exists of [() => false, () => Promise.resolve(false)]) {
      const tally = new Tally();
      const decide = decider({
        book: { of: () => preferences && { default: preferences, always: [], never: [] } },
        options: { default_archive_policy: true },
        accounts: { exists },
        wasKept: () => Promise.resolve(false),
        roster: () => Promise.resolve(ROSTER),
        tally,
        log: memoryLog(),
      });
      const found = await decide({ account: Jid.parse("alice@a.test"), peer: Jid.parse("bob@b.test"), ...owner });
      assertEquals([found, tally.counts()], [kept, kept ? {} : { "unknown account": 1 }]);
    }
  });
}
