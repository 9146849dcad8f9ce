import { assertEquals } from "@std/assert";
import type { NewMessage } from "../archive.ts";
import { idAt, messageAt, NURSE, pageOf, ROMEO } from "../../../tests/support/store/messages.ts";
import { database, emptySchema, server, waitingFor } from "../../../tests/support/store/postgresql.ts";
import { appendBatch } from "./append.ts";
import { makeArchives } from "./archives.ts";
import { type Followed, following } from "./follow.ts";
import { openPostgresqlStore } from "./mod.ts";

const ignore = server === undefined;

/** The same message of another process. */
function of(process: number, at: number): NewMessage {
  return messageAt(at, { id: { ...idAt(at), random: BigInt(process) } });
}

Deno.test({
  name: "messages are added in one way only where they follow all that each of their archives holds",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url });
    await using db = database(url);
    const tried = async (...batch: NewMessage[]) => {
      const [followed] = await db.atOnce<Followed>(following(batch, "one") ?? []);
      return followed;
    };
    assertEquals(await tried(messageAt(1)), { fits: false, newest: 0, kept: 1 });
    await store.append([messageAt(10), messageAt(20, { archive: NURSE })]);
    const cases = [
      [[messageAt(10)], false],
      [[messageAt(9), messageAt(11)], false],
      [[messageAt(21, { archive: NURSE }), messageAt(5)], false],
      [[messageAt(21, { archive: NURSE }), messageAt(11), messageAt(12)], true],
      [[messageAt(13), messageAt(22, { archive: "nobody@montague.example" })], false],
    ] as const;
    for (const [batch, fits] of cases) assertEquals((await tried(...batch))?.fits, fits, JSON.stringify(batch[0].time));
    assertEquals((await pageOf(store, {})).at, [10, 11, 12]);
    assertEquals((await pageOf(store, {}, { archive: NURSE })).at, [20, 21]);
  },
});

Deno.test("numbers that do not ascend within an archive are not tried in one way", () => {
  for (const batch of [[messageAt(2), messageAt(1)], [messageAt(1), messageAt(1)]]) {
    assertEquals(following(batch, "one"), undefined);
  }
});

Deno.test({
  name: "of a batch the copies alone are left out that another process has",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url });
    await using db = database(url);
    await store.append([messageAt(1)]);
    const copied = (at: number, digest: string): NewMessage => (
      { ...messageAt(at), copy: { digest, until: messageAt(at).time + 60 } }
    );
    const added = [];
    for (
      const [process, batch] of [["one", [copied(2, "a")]], ["two", [copied(3, "a"), copied(4, "b"), messageAt(5)]], [
        "two",
        [copied(6, "a")],
      ]] as const
    ) {
      const [followed] = await db.atOnce<Followed>(following(batch, process) ?? []);
      added.push([followed?.fits, followed?.kept]);
    }
    assertEquals(added, [[true, 1], [true, 2], [true, 0]]);
    assertEquals((await pageOf(store, {})).at, [1, 2, 4, 5]);
  },
});

Deno.test({
  name: "an archive that comes about after it was not there to be locked is waited for all the same",
  ignore,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await using store = await openPostgresqlStore({ url });
    await store.append([messageAt(1, { archive: NURSE })]);
    await using one = database(url);
    await using other = database(url);
    const [lock, follow] = following([of(1, 5)], "one") ?? [];
    if (lock === undefined || follow === undefined) return;
    await one.transaction(async (queries) => {
      await queries.query(...lock);
      await makeArchives(other, [ROMEO]);
      let answer: Promise<Followed[]> = Promise.resolve([]);
      await other.transaction(async (theirs) => {
        await appendBatch(theirs, [of(2, 5)], "other");
        answer = queries.query<Followed>(...follow);
        await waitingFor(theirs);
      });
      assertEquals(await answer, [{ fits: false, newest: 0, kept: 1 }]);
    });
  },
});
