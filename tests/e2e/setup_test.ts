/** Configurations that `annals setup` prints, on real servers. */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { paste, unconnected } from "./printed.ts";
import { AVAILABLE } from "./stage.ts";

const CASES = [
  { make: "prosody", args: ["prosody"], companion: true },
  { make: "prosody", args: ["prosody", "--standard"], companion: false },
  { make: "ejabberd", args: ["ejabberd"], companion: false },
] as const;

for (const { make, args, companion } of CASES) {
  Deno.test({
    name: `annals setup ${args.join(" ")} prints what connects two hosts of a real server`,
    ignore: !AVAILABLE.has(make === "prosody" ? "Prosody" : "ejabberd"),
    async fn(): Promise<void> {
      await using server = await unconnected(make, { hosts: ["example.test", "other.test"], secret: `s3"cret\\` });
      await using annals = await Annals.prepare(server.site, { companion });
      await paste(server, annals, { args });
      await server.start();
      await annals.start();
      await using alice = await Client.login(server, "alice");
      await using bob = await Client.login(server, "bob");
      await alice.send(`<message to='bob@example.test' type='chat'><body>Art thou not Romeo?</body></message>`);
      await bob.message("Art thou not Romeo?");
      for (const client of [alice, bob]) {
        assertEquals((await wholeArchive(client)).map(({ body }) => body), ["Art thou not Romeo?"]);
      }
      assertEquals(annals.errors, []);
    },
  });
}
