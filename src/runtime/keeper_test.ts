import { assertEquals, assertMatch } from "@std/assert";
import { memoryLog } from "../log/log.ts";
import { openSqliteStore } from "../store/sqlite/mod.ts";
import { conversationAt, ROMEO } from "../../tests/support/store/messages.ts";
import { Keeper } from "./keeper.ts";

const MESSAGE = { ...conversationAt(0), stanza: "<message/>" };

async function withKeeper(
  play: (scene: { keeper: Keeper; path: string; close: () => Promise<void> }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-keeper-" });
  const path = `${folder}/archive.sqlite`;
  const keeper: Keeper = new Keeper({
    open: (displaced) => openSqliteStore({ path, displaced }),
    reopen: () => openSqliteStore({ path }),
    mayWait: () => Promise.resolve(false),
    opened: () => Promise.resolve(),
    log: memoryLog(),
  });
  const store = await keeper.open();
  await store.append([MESSAGE]);
  await keeper[Symbol.asyncDispose]();
  await play({ keeper, path, close: () => store[Symbol.asyncDispose]() });
  await Deno.remove(folder, { recursive: true });
}

Deno.test("Keeper saves what vanishes between its last look and the end", () =>
  withKeeper(async ({ keeper, path, close }) => {
    await Deno.remove(path);
    await close();
    assertMatch(keeper.aside ?? "", /^What the archives held is saved in "/);
    const [, saved = ""] = /"(.*)"/.exec(keeper.aside ?? "") ?? [];
    await using store = await openSqliteStore({ path: saved });
    assertEquals((await Array.fromAsync(store.entries(ROMEO))).length, 1);
  }));

Deno.test("Keeper has nothing to say where all was in its place at the end", () =>
  withKeeper(async ({ keeper, close }) => {
    await close();
    assertEquals(keeper.aside, undefined);
  }));
