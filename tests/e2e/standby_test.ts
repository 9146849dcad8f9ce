/** Two instances of Annals on one archive, on a server that takes one of them: the other waits, and takes over. */
import { assertEquals, assertGreater } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { archivePage } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { canBeHad } from "../support/servers/available.ts";
import { sharedPostgresql } from "../support/servers/postgresql.ts";
import { startProsody } from "../support/servers/prosody.ts";
import { chat, settledArchive } from "./companion_stage.ts";
import { AVAILABLE } from "./stage.ts";

const available = await canBeHad("PostgreSQL") && AVAILABLE.has("Prosody");
const database = available ? await sharedPostgresql() : undefined;

/** Ends of the first instance. */
const ENDS = [["kill -9", (annals: Annals) => annals.kill()], ["Ctrl-C", interrupt]] as const;

for (const [path, companion] of [["Annals' module", true], ["the standard path", false]] as const) {
  for (const [end, ends] of ENDS) {
    Deno.test({
      name: `Prosody with ${path}: a second instance waits, and takes over when the first is ended with ${end}`,
      ignore: database === undefined,
      async fn(): Promise<void> {
        if (database === undefined) return;
        const url = database.url(await database.createDatabase());
        const config = { storage: { archive2: "postgresql", postgresql: { url } }, max_archive_query_results: 1000 };
        await using server = await startProsody({ companion });
        // Both make the tables of the empty database at once.
        await using one = await Annals.prepare(server.site, { config, companion });
        await using other = await Annals.prepare(server.site, { config, companion });
        for (const annals of [one, other]) annals.spawn();
        const [active, standby] = await Promise.race([one, other].map(async (annals) => {
          await annals.inService();
          return annals === one ? [one, other] as const : [other, one] as const;
        }));
        await standby.event("stream-standby");

        await using alice = await Client.login(server, "alice");
        await using bob = await Client.login(server, "bob");
        const talk = talking(alice, bob);
        await talk.heard(50);
        // What a page has shown is stored.
        const shown = (await archivePage(bob, { page: { max: 1000 } })).messages;
        await talk.heard(50);
        const from = standby.lines.length;
        await ends(active);
        await standby.inService({ from });
        await talk.heard(50);
        await talk.end();
        await using reader = await Client.login(server, "bob", { presence: false });
        const archive = await settledArchive(reader);
        const said = archive.map(({ body }) => Number(body));
        const lost = Array.from({ length: talk.said }, (_, index) => index).filter((index) => !said.includes(index));

        assertEquals(new Set(said).size, said.length, "doubled");
        assertEquals(said.toSorted((a, b) => a - b), said, "out of order");
        assertGreater(shown.length, 0);
        assertEquals(archive.slice(0, shown.length).map(({ id }) => id), shown.map(({ id }) => id));
        // On the standard path nobody keeps what is sent while there is no component, or was in a process that is killed.
        if (companion) assertEquals(lost, []);
        assertEquals(standby.lines.filter((line) => line.includes("stream-standby")).length, 1);
        assertEquals(standby.errors, []);
      },
    });
  }
}

async function interrupt(annals: Annals): Promise<void> {
  annals.signal("SIGINT");
  assertEquals((await annals.end()).code, 0);
}

interface Talk {
  /** Number of messages sent. */
  readonly said: number;
  /** Resolves when so many more were heard. */
  heard(count: number): Promise<void>;
  end(): Promise<void>;
}

/** One sends numbers to the other, the next when the last was heard. */
function talking(from: Client, to: Client): Talk {
  let said = 0;
  let over = false;
  let wanted = { count: 0, resolve: (): void => {} };
  async function run(): Promise<void> {
    while (!over) {
      const body = String(said++);
      await from.send(chat(to.account, body));
      await to.message(body);
      if (--wanted.count === 0) wanted.resolve();
    }
  }
  const running = run();
  return {
    get said(): number {
      return said;
    },
    async heard(count): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      wanted = { count, resolve };
      await Promise.race([promise, running]);
    },
    async end(): Promise<void> {
      over = true;
      await running;
    },
  };
}
