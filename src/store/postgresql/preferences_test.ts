/** Many who ask for preferences at once. */
import { assertEquals, assertRejects } from "@std/assert";
import { PreferencesReader } from "./preferences.ts";
import type { Queries } from "./connection/session.ts";

/** Owners asked for by each statement, of which the first is answered when it is told to be. */
class Asked implements Queries {
  readonly statements: string[] = [];
  readonly first = Promise.withResolvers<void>();

  async query<T>(_statement: string, parameters: readonly unknown[] = []): Promise<T[]> {
    this.statements.push(String(parameters[1]));
    await this.first.promise;
    return [];
  }
}

Deno.test("While one statement asks for preferences, whoever asks waits for the next, which asks for 500 at once", async () => {
  const asked = new Asked();
  const reader = new PreferencesReader(asked);
  const first = reader.read("first@a.test");
  await Promise.resolve();
  const others = Array.from({ length: 1000 }, (_, i) => reader.read(`u${i}@a.test`));
  const again = reader.read("u0@a.test");
  asked.first.resolve();
  assertEquals(new Set(await Promise.all([first, ...others, again])), new Set([undefined]));
  assertEquals(asked.statements.map((owners) => owners.split(",").length), [1, 500, 500]);
});

Deno.test("A statement that fails fails for those who asked in it, and for nobody else", async () => {
  const asked = new Asked();
  const reader = new PreferencesReader(asked);
  const first = reader.read("first@a.test");
  await Promise.resolve();
  asked.first.reject(new Error("terminating connection"));
  await assertRejects(() => first, Error, "terminating connection");
  asked.query = () => Promise.resolve([]);
  assertEquals(await reader.read("second@a.test"), undefined);
});
