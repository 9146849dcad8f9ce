/** Two virtual hosts of one Prosody, each with an Annals of its own, on one database. */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { Client } from "../support/client.ts";
import { canBeHad } from "../support/servers/available.ts";
import { sharedPostgresql } from "../support/servers/postgresql.ts";
import { chat, settledArchive } from "./companion_stage.ts";
import { paste, unconnected } from "./printed.ts";
import { AVAILABLE } from "./stage.ts";

const [HERE, THERE] = ["example.test", "example.net"];

const available = await canBeHad("PostgreSQL") && AVAILABLE.has("Prosody");
const database = available ? await sharedPostgresql() : undefined;

for (const [path, companion] of [["Annals' module", true], ["the standard path", false]] as const) {
  Deno.test({
    name: `Prosody with ${path}: an instance for each virtual host, on one database`,
    ignore: database === undefined,
    async fn(): Promise<void> {
      if (database === undefined) return;
      const storage = { archive2: "postgresql", postgresql: { url: database.url(await database.createDatabase()) } };
      await using server = await unconnected("prosody", { hosts: [HERE, THERE] });
      await using running = new AsyncDisposableStack();
      const instances = await Promise.all([HERE, THERE].map(async (host) => {
        const site = { ...server.site, hosts: [host], component: `archive.${host}` };
        const annals = running.use(await Annals.prepare(site, { config: { storage }, companion }));
        // Beside the file of the other host.
        const change = (text: string) => text.replaceAll("annals.cfg.lua", `${host}.cfg.lua`);
        await paste(server, annals, { args: companion ? ["prosody"] : ["prosody", "--standard"], change });
        return annals;
      }));
      await server.start();
      await Promise.all(instances.map((annals) => annals.start()));

      await using alice = await Client.login(server, "alice", { host: HERE });
      await using bob = await Client.login(server, "bob", { host: THERE });
      await using namesake = await Client.login(server, "alice", { host: THERE });
      const said: string[] = [];
      const talk = async () => {
        for (const [from, to] of [[alice, bob], [bob, alice], [bob, namesake]] as const) {
          const body = `${said.length}`;
          said.push(body);
          await from.send(chat(to.account, body));
          await to.message(body);
        }
      };
      const bodiesOf = async (client: Client) => (await settledArchive(client)).map(({ body }) => body);
      await talk();
      // What is read is stored, and outlives the end.
      assertEquals(await bodiesOf(alice), ["0", "1"]);
      await instances[0]?.kill();
      await instances[0]?.start();
      await talk();

      assertEquals(await bodiesOf(alice), ["0", "1", "3", "4"]);
      assertEquals(await bodiesOf(bob), said);
      assertEquals(await bodiesOf(namesake), ["2", "5"]);
      for (const annals of instances) assertEquals(annals.errors, []);
    },
  });
}
