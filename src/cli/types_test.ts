import { assertEquals } from "@std/assert";
import type * as declared from "../runtime/annals.d.ts";
import type { Context, Plugin } from "../runtime/plugin.ts";
import { RUNTIME_EVENTS } from "../runtime/plugin.ts";
import { FakeSystem } from "../../tests/support/fake_system.ts";
import { run } from "./run.ts";
import { typesText } from "./types.ts";

/** Type-checks only when a plugin that is written against the declarations gets all that they promise. */
export function lent(context: Context): declared.Context {
  return context as unknown as Omit<Context, "events"> & Pick<declared.Context, "events">;
}

/** Type-checks only when the runtime takes a plugin as declared, apart from its options, which are plain data there. */
export function taken({ options: _, ...plugin }: declared.Plugin): Omit<Plugin, "options"> {
  return plugin as typeof plugin & Pick<Plugin, "start">;
}

/** Members of the contract that only plugins in the source have a use for. */
const INTERNAL = new Set(["addLink", "linkTo", "openStore", "control"]);

Deno.test("`annals types` has every member of the context, and every event", async () => {
  const source = await Deno.readTextFile(new URL("../runtime/plugin.ts", import.meta.url));
  const [, context = ""] = /export interface Context[^{]+\{([^]+?)\n\}/.exec(source) ?? [];
  const members = [...context.matchAll(/^ {2}(?:readonly )?(\w+)[:<(]/gm)].map(([, name = ""]) => name);
  const [, told = ""] = /export interface Context \{([^]+?)\n\}/.exec(await typesText()) ?? [];
  const missing = members.filter((name) => !new RegExp(`^ {2}(?:readonly )?${name}[:<(]`, "m").test(told));
  assertEquals(new Set(missing), INTERNAL);
  for (const name of Object.keys(RUNTIME_EVENTS)) {
    assertEquals((await typesText()).includes(`readonly ${name}: `), true);
  }
});

Deno.test("`annals types` prints them", async () => {
  const system = new FakeSystem();
  assertEquals(await run(["types"], system), 0);
  assertEquals(system.printed, await typesText());
});
