import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { Jid } from "../../../xmpp/jid.ts";
import { Hops } from "./hops.ts";
import { Sessions } from "./sessions.ts";

const HOST = "a.test";

function hops(online: Record<string, number>): Hops {
  const sessions = new Sessions();
  for (const [jid, priority] of Object.entries(online)) sessions.available(Jid.parse(jid), priority);
  return new Hops(sessions);
}

/** Number of messages told apart among equal copies, one a millisecond. */
function messages(among: number, from: string, to: string, { id, online = {}, type = "chat", apart = 1 }: {
  id?: string;
  online?: Record<string, number>;
  type?: "chat" | "normal" | "headline";
  apart?: number;
} = {}): number {
  const hop = hops(online);
  const copy = { stanza: "<message/>", id, type, from: Jid.parse(from), to: Jid.parse(to) };
  return Array.from({ length: among }, (_, index) => hop.markFirst(HOST, copy, index * apart)).filter(Boolean).length;
}

const BOB = { "bob@a.test/1": 0, "bob@a.test/2": 0 };

Deno.test("Hops takes equal copies with an id as one message, however many there are", () => {
  assertEquals(messages(7, "alice@a.test/x", "bob@a.test", { id: "1" }), 1);
});

Deno.test("Hops finds a first copy at each of two virtual hosts that a message passes between", () => {
  const hop = hops({});
  const copy = {
    stanza: "",
    id: "1",
    type: "chat",
    from: Jid.parse("alice@a.test/x"),
    to: Jid.parse("bob@b.test"),
  } as const;
  const seen = ["a.test", "b.test", "a.test", "b.test"].map((host, time) =>
    hop.markFirst(host, copy, time) !== undefined
  );
  assertEquals(seen, [true, true, false, false]);
});

Deno.test("Hops marks a message alike for every process that is handed a copy of it, and no other message so", () => {
  const copy = {
    stanza: "<message/>",
    id: "1",
    type: "chat",
    from: Jid.parse("alice@a.test/x"),
    to: Jid.parse("bob@a.test"),
  } as const;
  const mark = hops({}).markFirst(HOST, copy, 0);
  assertEquals(mark?.until, 60_000);
  assertEquals(hops(BOB).markFirst(HOST, copy, 0), mark);
  for (const other of [{ ...copy, stanza: "<message />" }, { ...copy, id: undefined }]) {
    assertNotEquals(hops({}).markFirst(HOST, other, 0), mark);
  }
  assertNotEquals(hops({}).markFirst("b.test", copy, 0)?.digest, mark?.digest);
});

Deno.test("Hops counts the hops of messages without an id: that of the sender and those of the receiving sessions", () => {
  assertEquals(messages(3, "alice@a.test/x", "bob@a.test", { online: BOB }), 1);
  assertEquals(messages(6, "alice@a.test/x", "bob@a.test", { online: BOB }), 2);
});

Deno.test("Hops expects one copy of a message to an account without sessions, or on another server", () => {
  const gone = new Sessions();
  gone.unavailable(Jid.parse("bob@a.test/1"));
  const hop = new Hops(gone);
  const copy = { stanza: "", id: undefined, type: "chat", from: Jid.parse("alice@a.test/x") } as const;
  assertEquals(
    [1, 2].map((time) => hop.markFirst(HOST, { ...copy, to: Jid.parse("bob@a.test") }, time) !== undefined),
    [true, true],
  );
  assertEquals(messages(2, "alice@a.test/x", "bob@b.test"), 2);
});

Deno.test("Hops expects a copy of a foreign message at each receiving session", () => {
  assertEquals(messages(4, "zoe@z.test/x", "bob@a.test", { online: BOB }), 2);
});

Deno.test("Hops expects copies at the sessions of the highest priority only (RFC 6121 §8.5.2.1.1)", () => {
  const online = { "bob@a.test/1": 5, "bob@a.test/2": 0, "bob@a.test/3": -1 };
  assertEquals(messages(4, "alice@a.test/x", "bob@a.test", { online }), 2);
  assertEquals(messages(2, "alice@a.test/x", "bob@a.test", { online: { "bob@a.test/3": -1 } }), 2);
});

Deno.test("Hops expects one copy at a session that is addressed by its full JID (RFC 6121 §8.5.3.1)", () => {
  assertEquals(messages(4, "alice@a.test/x", "bob@a.test/1", { online: BOB }), 2);
});

Deno.test("Hops takes equal copies for an account that was never seen as one message for a short time only", () => {
  assertEquals(messages(3, "alice@a.test/x", "bob@a.test"), 1);
  assertEquals(messages(3, "alice@a.test/x", "bob@a.test", { apart: 2000 }), 3);
});

Deno.test("Hops tells n repetitions from their copies in any interleaving", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 4 }), (repeated, sessions) => {
    const online = Object.fromEntries(Array.from({ length: sessions }, (_, index) => [`bob@a.test/${index}`, 0]));
    const unseen = sessions === 0 ? { "bob@a.test/gone": -1 } : {};
    assertEquals(
      messages(repeated * (1 + sessions), "alice@a.test/x", "bob@a.test", { online: { ...online, ...unseen } }),
      repeated,
    );
  }));
});
