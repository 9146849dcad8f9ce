/** Nothing is lost and nothing doubled, whoever of Annals and the server is ended at whatever moment. */
import { assertEquals, assertGreater } from "@std/assert";
import { Client } from "../support/client.ts";
import { print, Random, seedOf } from "../support/random.ts";
import { chat, idOf, onCompanion, type Scene, settledArchive } from "./companion_stage.ts";

/** The figure to reach is that of 20 kills and 5 restarts: `ANNALS_KILLS=20`. */
const KILLS = Number(Deno.env.get("ANNALS_KILLS") ?? 6);
const KILLS_PER_RESTART = 4;

/** Message to somebody, and the archive id of its live copy. */
interface Memory {
  said: number;
  readonly heard: Map<string, string | undefined>;
}

onCompanion(
  `${KILLS} kills of Annals and ${Math.ceil(KILLS / KILLS_PER_RESTART)} restarts of the server`,
  async (scene) => {
    const random = new Random(seedOf("kill -9 behind the module"));
    const memories: [Memory, Memory] = [{ said: 0, heard: new Map() }, { said: 0, heard: new Map() }];
    for (let kill = 0; kill < KILLS; kill += KILLS_PER_RESTART) {
      await using conversation = await Conversation.begin(scene, memories);
      for (let i = kill; i < Math.min(kill + KILLS_PER_RESTART, KILLS); i++) {
        await conversation.exchange(random.integer(1, 400));
        await scene.annals.kill();
        await conversation.exchange(random.integer(1, 400));
        // Now and then it is killed before it has come as far as to connect.
        if (random.chance(0.25)) scene.annals.spawn();
        else await scene.annals.start();
      }
      await conversation.exchange(random.integer(1, 400));
      // While they talk: what was not heard by then may be lost or not, but is not there twice.
      await scene.server.restart();
    }
    await scene.annals.kill();
    await scene.annals.start();
    const readers = [await scene.enter("alice"), await scene.enter("bob")] as const;
    for (const [index, reader] of readers.entries()) {
      const archive = await settledArchive(reader);
      const places = new Map(archive.map(({ id, body }) => [body ?? "", id]));
      const [own, others] = index === 0 ? memories : memories.toReversed();
      const heard = [...own?.heard ?? []];
      const lost = [...heard, ...others?.heard ?? []].filter(([body]) => !places.has(body));
      const otherwise = heard.filter(([body, id]) => places.get(body) !== id);
      const doubled = archive.length - places.size;
      const result = { lost: lost.length, doubled, "under another id": otherwise.length };
      print(`${reader.account}: ${heard.length + (others?.heard.size ?? 0)} heard, ${JSON.stringify(result)}`);
      assertEquals([lost, doubled, otherwise], [[], 0, []]);
      assertGreater(heard.length, 50 * KILLS);
    }
  },
);

/** Two people talk to each other as fast as they hear each other, until the server ends it. */
class Conversation implements AsyncDisposable {
  readonly #clients: readonly Client[];
  readonly #talking: Promise<unknown>;
  #exchanged = 0;
  #wanted = { count: Infinity, resolve: (): void => {} };

  private constructor(alice: Client, bob: Client, [toAlice, toBob]: [Memory, Memory]) {
    this.#clients = [alice, bob];
    this.#talking = Promise.all([this.#talk(alice, bob, toBob), this.#talk(bob, alice, toAlice)]);
    this.#talking.catch(() => {});
  }

  static async begin({ server }: Scene, memories: [Memory, Memory]): Promise<Conversation> {
    return new Conversation(await Client.login(server, "alice"), await Client.login(server, "bob"), memories);
  }

  /** Resolves when so many more messages were heard. */
  async exchange(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wanted = { count: this.#exchanged + count, resolve };
    await Promise.race([promise, this.#talking]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.#talking.catch(() => {});
  }

  async #talk(from: Client, to: Client, memory: Memory): Promise<void> {
    for (;;) {
      const bodies = Array.from({ length: 10 }, () => `${from.account} ${memory.said++}`);
      await from.send(bodies.map((body) => chat(to.account, body)).join(""));
      for (const body of bodies) {
        memory.heard.set(body, idOf(await to.message(body), to.account));
        if (++this.#exchanged >= this.#wanted.count) this.#wanted.resolve();
      }
    }
  }
}
