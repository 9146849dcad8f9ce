/** Two instances of Annals on one archive, on a server that hands each stanza to one of them or the other. */
import { assert, assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { type Archived, wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { canBeHad } from "../support/servers/available.ts";
import { startEjabberd } from "../support/servers/ejabberd.ts";
import { sharedPostgresql } from "../support/servers/postgresql.ts";
import { AVAILABLE } from "./stage.ts";

const available = await canBeHad("PostgreSQL") && AVAILABLE.has("ejabberd");
const database = available ? await sharedPostgresql() : undefined;

/** Messages that each of two people sends the other. */
const MESSAGES = 400;

Deno.test({
  name: "ejabberd with two instances: each message is there once, in both archives, whoever of the two is asked; " +
    "one is killed, and the other goes on",
  ignore: database === undefined,
  async fn(t): Promise<void> {
    if (database === undefined) return;
    const name = await database.createDatabase();
    const storage = { archive2: "postgresql", postgresql: { url: database.url(name) } };
    // Each of them asks for rosters, and is to hear the answers.
    const config = { storage, max_archive_query_results: 100, default_archive_policy: "roster" };
    await using server = await startEjabberd();
    await using one = await Annals.prepare(server.site, { config });
    await using other = await Annals.prepare(server.site, { config });
    // Both make the tables of the empty database at once.
    for (const annals of [one, other]) annals.spawn();
    await granted(one, other);
    await using alice = await Client.login(server, "alice");
    await using bob = await Client.login(server, "bob");
    for (const [user, contact] of [[alice, bob], [bob, alice]] as const) {
      await user.request("set", `<query xmlns='jabber:iq:roster'><item jid='${contact.account}'/></query>`);
    }

    await t.step("under load", async () => {
      await Promise.all([chatter(alice, bob, 0), chatter(bob, alice, 0)]);
      const isAll = (archive: readonly Archived[]) => archive.length >= 2 * MESSAGES;
      const [hers, his] = [await whole(alice, isAll), await whole(bob, isAll)];
      assertEquals(new Set(hers.map(({ body }) => body)).size, 2 * MESSAGES);
      assertEquals(hers.map(({ body }) => body).toSorted(), his.map(({ body }) => body).toSorted());
      for (const archive of [hers, his]) assertEquals(new Set(archive.map(({ id }) => id)).size, archive.length);
      assertEquals(await database.query(name, "SELECT count(DISTINCT process) FROM copy"), "2");
    });

    await t.step("one is killed", async () => {
      const from = other.lines.length;
      await one.kill();
      await chatter(alice, bob, 2);
      // The server has forgotten what it granted to both.
      await other.event("stream-renewed", { from });
      await granted(other);
      await chatter(alice, bob, 3);
      const last = `${alice.account} 3 ${MESSAGES - 1}`;
      const archive = await whole(bob, (archive) => archive.some(({ body }) => body === last));
      const bodies = archive.map(({ body }) => body);
      assertEquals(new Set(bodies).size, bodies.length);
      for (const round of [0, 3]) {
        for (let n = 0; n < MESSAGES; n++) assert(bodies.includes(`${alice.account} ${round} ${n}`));
      }
      assertEquals(other.errors, []);
    });
  },
});

/**
 * Waits until each has what the server grants, for good: which of them it tells is left to chance and tried again, and what ends
 * for that takes it from the others.
 */
async function granted(...instances: readonly Annals[]): Promise<void> {
  for (let calm = false; !calm;) {
    const looks = instances.map((annals) => ({ annals, from: annals.lines.length }));
    await Promise.all(looks.map(({ annals, from }) => annals.event("grants-held", { from, timeout: 60_000 })));
    calm = looks.every(({ annals, from }) => !annals.lines.slice(from).some((line) => line.includes("stream-renewed")));
  }
}

/** One sends messages, and hears that they have come. */
async function chatter(from: Client, to: Client, round: number): Promise<void> {
  for (let n = 0; n < MESSAGES; n++) {
    const body = `${from.account} ${round} ${n}`;
    await from.send(
      `<message to='${to.account}' type='chat' id='${crypto.randomUUID()}'><body>${body}</body></message>`,
    );
  }
  await to.message(`${from.account} ${round} ${MESSAGES - 1}`);
}

/** Somebody's archive, read when it holds what it is to hold. */
async function whole(client: Client, holdsAll: (archive: readonly Archived[]) => boolean): Promise<Archived[]> {
  for (;;) {
    const archive = await wholeArchive(client, { page: { max: 100 } });
    if (holdsAll(archive)) return archive;
  }
}
