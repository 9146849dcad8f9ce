import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { memoryLog } from "../../log/log.ts";
import type { NewMessage } from "../../store/archive.ts";
import { Jid } from "../../xmpp/jid.ts";
import { type Decide, Intake } from "./intake.ts";
import type { Owner } from "./owners.ts";
import { MAX_WAITING } from "./weight.ts";

function owner(account: string): Owner {
  return { account: Jid.parse(account), peer: Jid.parse("peer@p.test/r"), direction: "incoming" };
}

function intake(decide: Decide): { intake: Intake; admitted: NewMessage[]; lost: { messages: number } } {
  const admitted: NewMessage[] = [];
  const lost = { messages: 0 };
  let number = 0;
  return {
    intake: new Intake({
      decide,
      ids: { next: () => ({ number: ++number, random: 0n }) },
      commit: {
        add(message): Promise<boolean> {
          admitted.push(message);
          return Promise.resolve(true);
        },
        lose: (messages) => void (lost.messages += messages),
      },
      log: memoryLog(),
    }),
    admitted,
    lost,
  };
}

/** Of a sender that goes on keeping what it has handed over. */
const HELD = new AbortController().signal;

Deno.test("Intake admits at once what is decided at once", () => {
  const { intake: i, admitted } = intake(() => true);
  const copy = { digest: "d", until: 2 };
  i.accept({ time: 1, stanza: "a", owners: [owner("alice@a.test"), owner("bob@a.test")], copy });
  const entry = { with: "peer@p.test", resource: "r", provisional: true } as const;
  assertEquals(admitted, [{
    time: 1,
    stanza: "a",
    copy,
    entries: [
      { archive: "alice@a.test", id: { number: 1, random: 0n }, ...entry },
      { archive: "bob@a.test", id: { number: 2, random: 0n }, ...entry },
    ],
  }]);
});

Deno.test("Intake admits a message for the owners that keep it only", () => {
  const { intake: i, admitted } = intake(({ account }) => account.local === "bob");
  i.accept({ time: 1, stanza: "a", owners: [owner("alice@a.test"), owner("bob@a.test")] });
  i.accept({ time: 1, stanza: "b", owners: [owner("alice@a.test")] });
  assertEquals(admitted.map(({ stanza, entries }) => [stanza, entries.map(({ archive }) => archive)]), [
    ["a", ["bob@a.test"]],
  ]);
});

Deno.test("Intake keeps the ids that were told of what an owner does not keep, and says so once that is stored", async () => {
  const stored = Promise.withResolvers<boolean>();
  const admitted: NewMessage[] = [];
  const i = new Intake({
    decide: ({ account }) => account.local === "bob",
    ids: { next: () => ({ number: 1, random: 0n }) },
    commit: {
      add(message): Promise<boolean> {
        admitted.push(message);
        return stored.promise;
      },
      lose: () => {},
    },
    log: memoryLog(),
  });
  const id = (number: number) => ({ number, random: 7n });
  const stamped = (account: string, number: number) => ({ ...owner(account), stamp: { id: id(number) } });
  const owners = [stamped("alice@a.test", 2), stamped("bob@a.test", 3)];
  i.accept({ time: 1, stanza: "a", owners, held: HELD });
  let isDone = false;
  const accepted = i.accept({ time: 2, stanza: "", owners: [], passed: [stamped("bob@a.test", 4)], held: HELD });
  accepted.then(() => isDone = true);
  await Promise.resolve();
  assertEquals(isDone, false);
  stored.resolve(true);
  assertEquals(await accepted, true);
  assertEquals(admitted, [
    {
      time: 1,
      stanza: "a",
      entries: [{ archive: "bob@a.test", with: "peer@p.test", resource: "r", id: id(3) }],
      positions: [{ archive: "alice@a.test", id: id(2) }],
    },
    { time: 2, stanza: "", entries: [], positions: [{ archive: "bob@a.test", id: id(4) }] },
  ]);
});

Deno.test("Intake lets other archives pass an undecided message", async () => {
  const decision = Promise.withResolvers<boolean>();
  const { intake: i, admitted } = intake(({ account }) => account.local === "slow" ? decision.promise : true);
  i.accept({ time: 1, stanza: "first", owners: [owner("slow@a.test")] });
  i.accept({ time: 2, stanza: "second", owners: [owner("fast@a.test")] });
  assertEquals(admitted.map(({ stanza }) => stanza), ["second"]);
  decision.resolve(true);
  await i.settled("slow@a.test");
  assertEquals(admitted.map(({ stanza }) => stanza), ["second", "first"]);
});

Deno.test("Intake keeps the order of arrival in each archive, whatever the order of decisions (XEP-0313 §3.1)", async () => {
  const accounts = ["a@a.test", "b@a.test", "c@a.test"];
  const message = fc.record({
    owners: fc.uniqueArray(fc.constantFrom(...accounts), { minLength: 1, maxLength: 2 }),
    late: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(
    fc.scheduler(),
    fc.array(message, { maxLength: 12 }),
    async (scheduler, messages) => {
      let late = false;
      const { intake: i, admitted } = intake(() => late ? scheduler.schedule(Promise.resolve(true)) : true);
      for (const [index, { owners, late: isLate }] of messages.entries()) {
        late = isLate;
        i.accept({ time: index, stanza: String(index), owners: owners.map(owner) });
      }
      await scheduler.waitAll();
      await i.close();
      for (const account of accounts) {
        const mine = admitted.filter(({ entries }) => entries.some(({ archive }) => archive === account));
        const expected = messages.flatMap(({ owners }, index) => owners.includes(account) ? [index] : []);
        assertEquals(mine.map(({ time }) => time), expected);
      }
    },
  ));
});

Deno.test("Intake gives up what comes while too much waits for a decision, and takes what needs none", () => {
  let lost = 0;
  const admitted: NewMessage[] = [];
  const undecided = new Intake({
    decide: ({ account }) => account.local === "bob" || new Promise(() => {}),
    ids: { next: () => ({ number: 1, random: 0n }) },
    commit: {
      add(message): Promise<boolean> {
        admitted.push(message);
        return Promise.resolve(true);
      },
      lose: (messages) => void (lost += messages),
    },
    log: memoryLog(),
  });
  const stanza = "x".repeat(1024 * 1024);
  const most = 2 * MAX_WAITING / stanza.length;
  for (let time = 0; time < most; time++) undecided.accept({ time, stanza, owners: [owner("alice@a.test")] });
  assertEquals(lost > 0 && lost < most, true);
  undecided.accept({ time: 30, stanza, owners: [owner("bob@a.test")] });
  assertEquals(admitted.map(({ time }) => time), [30]);
});

Deno.test("Intake keeps the id that a module has stamped, and tells what becomes of the message", async () => {
  const admitted: (NewMessage & { held: AbortSignal | undefined })[] = [];
  const i = new Intake({
    decide: () => true,
    ids: { next: () => ({ number: 1, random: 0n }) },
    commit: {
      add(message, held): Promise<boolean> {
        admitted.push({ ...message, held });
        return Promise.resolve(false);
      },
      lose: () => {},
    },
    log: memoryLog(),
  });
  const stamp = { id: { number: 5, random: 7n } };
  assertEquals(await i.accept({ time: 1, stanza: "a", owners: [{ ...owner("a@a.test"), stamp }], held: HELD }), false);
  assertEquals(admitted.map(({ entries: [entry], held }) => [entry?.id, entry?.provisional, held]), [
    [stamp.id, undefined, HELD],
  ]);
});

Deno.test("Intake keeps nothing of what could not be decided about to the end: a module holds it, or it is lost", async () => {
  const { intake: i, admitted, lost } = intake(() => Promise.reject(new Error("disk I/O error")));
  const held = i.accept({ time: 1, stanza: "a", owners: [owner("a@a.test")], held: HELD });
  const copied = i.accept({ time: 1, stanza: "a", owners: [owner("b@a.test"), owner("c@a.test")] });
  await i.close();
  assertEquals([await held, await copied, lost.messages, admitted], [false, true, 1, []]);
});

Deno.test("Intake asks no longer about what will be handed over again", async () => {
  const { intake: i, admitted } = intake(() => Promise.reject(new Error("no route to host")));
  const ended = new AbortController();
  const held = i.accept({ time: 1, stanza: "a", owners: [owner("a@a.test")], held: ended.signal });
  await i.settled("a@a.test");
  ended.abort();
  assertEquals([await held, await i.settled("a@a.test"), admitted], [false, true, []]);
});

for (const [whose, held] of [["what a module holds", { held: HELD }], ["what was copied", {}]] as const) {
  Deno.test(`Intake decides again about ${whose}, and keeps it in its order`, async () => {
    let fails = true;
    const { intake: i, admitted } = intake(() => fails ? Promise.reject(new Error("disk I/O error")) : true);
    const first = i.accept({ time: 1, stanza: "first", owners: [owner("a@a.test")], ...held });
    assertEquals([await i.settled("a@a.test"), i.deciding], [false, false]);
    fails = false;
    const second = i.accept({ time: 2, stanza: "second", owners: [owner("a@a.test")], ...held });
    // A page does not wait for what may take long.
    assertEquals([await i.settled("a@a.test"), await i.settled("b@a.test")], [false, true]);
    assertEquals(await Promise.all([first, second]), [true, true]);
    assertEquals(admitted.map(({ stanza }) => stanza), ["first", "second"]);
    assertEquals([await i.settled("a@a.test"), i.deciding], [true, true]);
  });
}

Deno.test("Intake lets a module go of what its owner does not want", async () => {
  const { intake: i, admitted } = intake(() => Promise.resolve(false));
  assertEquals(await i.accept({ time: 1, stanza: "a", owners: [owner("a@a.test")], held: HELD }), true);
  assertEquals(admitted, []);
});
