import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RosterItem } from "../wire/rfc6121.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { Rosters } from "./roster.ts";

const ALICE = Jid.parse("alice@a.test");

/** Rosters of one contact each, with a clock to be set and a list of who was asked about. */
class Scene {
  now = 0;
  refuses = false;
  readonly asked: string[] = [];
  readonly rosters = new Rosters((account) => this.#ask(account), () => this.now);

  #ask(account: Jid): Promise<readonly RosterItem[]> {
    this.asked.push(account.toString());
    if (this.refuses) return Promise.reject(new StanzaError("forbidden"));
    return Promise.resolve([{ jid: Jid.parse(`friend-of-${account.local}@b.test/phone`), subscription: "both" }]);
  }
}

Deno.test("Rosters holds bare JIDs (XEP-0441 §2.3.1)", async () => {
  assertEquals([...await new Scene().rosters.of(ALICE)], ["friend-of-alice@b.test"]);
});

Deno.test("Rosters asks once for each account, however many wait for it", async () => {
  const scene = new Scene();
  const both = [scene.rosters.of(ALICE), scene.rosters.of(Jid.parse("bob@a.test")), scene.rosters.of(ALICE)];
  await Promise.all(both);
  assertEquals(scene.asked, ["alice@a.test", "bob@a.test"]);
});

for (
  const { what, refuses, life } of [
    { what: "a roster for a minute", refuses: false, life: 60_000 },
    { what: "a refusal for ten seconds", refuses: true, life: 10_000 },
  ]
) {
  Deno.test(`Rosters remembers ${what}, from the moment of the answer`, async () => {
    const scene = new Scene();
    async function look(): Promise<number> {
      if (refuses) await assertRejects(() => scene.rosters.of(ALICE), StanzaError);
      else assert((await scene.rosters.of(ALICE)).has("friend-of-alice@b.test"));
      return scene.asked.length;
    }
    scene.refuses = refuses;
    scene.now = 5000;
    assertEquals(await look(), 1);
    scene.now += life - 1;
    assertEquals(await look(), 1);
    scene.now += 1;
    assertEquals(await look(), 2);
  });
}

Deno.test("Rosters that were cleared are asked for again", async () => {
  const scene = new Scene();
  await scene.rosters.of(ALICE);
  scene.rosters.clear();
  await scene.rosters.of(ALICE);
  assertEquals(scene.asked.length, 2);
});
