import { assert, assertEquals, assertRejects } from "@std/assert";
import { openMemoryStore } from "../store/memory/mod.ts";
import { ping } from "../wire/xep0199.ts";
import { xml } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import { type Services, startPlugin } from "./context.ts";
import { Controls } from "./control/control.ts";
import { Features } from "./disco.ts";
import { Events } from "./events.ts";
import { Links } from "./links.ts";
import { memoryLog } from "../log/log.ts";
import { PendingRequests } from "./pending.ts";
import { type Context, definePlugin, type Event } from "./plugin.ts";
import { Router } from "./router.ts";
import { Metrics } from "../watch/metrics.ts";

const NS = "urn:example:thing";

const happened: Event<string, string> = { name: "happened" };

function services(): Services {
  return {
    component: Jid.parse("archive.a.test"),
    hosts: new Set(["a.test"]),
    rooms: new Set(),
    router: new Router(),
    features: new Features(),
    events: new Events(),
    tokens: {},
    sharedStore: () => Promise.resolve(openMemoryStore()),
    links: new Links(),
    controls: new Controls(),
    pending: new PendingRequests(() => Promise.resolve()),
    log: memoryLog(),
    metrics: new Metrics(),
    openStore: () => Promise.resolve(openMemoryStore()),
    roster: () => Promise.resolve(new Set<string>()),
    send: () => Promise.resolve(),
  };
}

function plugin(start: (context: Context) => void | Promise<void>): ReturnType<typeof definePlugin> {
  return definePlugin({ name: "thing", summary: "Does a thing", options: {}, start });
}

/** Registers one of each. */
function registerAll(context: Context): void {
  context.hook(ping, () => {});
  context.hook({ name: "thing", xmlns: NS }, () => {});
  context.on(happened, (what) => `seen: ${what}`);
  context.addFeature(NS);
  context.addFeature(`${NS}#account`, "account");
  context.control({ name: "thing", read: () => null }, () => "done");
  context.meter.gauge({ name: "thing_size", help: "How large it is", read: () => 3 });
}

/** Everything that is registered. */
function registered({ router, features, events, metrics, controls }: Services): unknown[] {
  const account = features.info("urn:xmpp:delegation:2:bare:urn:xmpp:mam:2").features;
  return [
    router.findAnswer("get", xml("ping", { xmlns: "urn:xmpp:ping" })) !== undefined,
    [...router.findTakers(xml("thing", { xmlns: NS }))].length,
    events.fire(happened, "now"),
    features.info(undefined).features.includes(NS),
    account,
    metrics.value("thing_size"),
    controls.names,
  ];
}

const NOTHING = [false, 0, undefined, false, [], 0, []];

Deno.test("startPlugin() lends what the plugin registers, and takes all of it back when it stops", async () => {
  const shared = services();
  {
    await using _running = await startPlugin(plugin(registerAll), {}, shared);
    assertEquals(registered(shared), [true, 1, "seen: now", true, [`${NS}#account`], 3, ["thing"]]);
  }
  assertEquals(registered(shared), NOTHING);
});

Deno.test("startPlugin() takes everything back when the plugin fails to start, and says which plugin and why", async () => {
  const shared = services();
  const cause = new Error("no disk");
  const error = await assertRejects(
    () =>
      startPlugin(
        plugin((context) => {
          registerAll(context);
          throw cause;
        }),
        {},
        shared,
      ),
    Error,
    'Cannot start the plugin "thing"',
  );
  assertEquals(error.cause, cause);
  assertEquals(registered(shared), NOTHING);
});

for (const fails of [false, true]) {
  Deno.test(`A plugin that ${fails ? "fails to start" : "stops"} hears the signal first, then is undone newest first`, async () => {
    const undone: string[] = [];
    async function run(): Promise<void> {
      await using _running = await startPlugin(
        plugin(async (context) => {
          context.defer(() => void undone.push("first"));
          context.defer(async () => {
            await Promise.resolve();
            undone.push("second");
          });
          context.signal.addEventListener("abort", () => undone.push("signal"));
          context.defer(() => void undone.push("third"));
          await Promise.resolve();
          if (fails) throw new Error("no disk");
        }),
        {},
        services(),
      );
      assertEquals(undone, []);
    }
    if (fails) await assertRejects(run);
    else await run();
    assertEquals(undone, ["signal", "third", "second", "first"]);
  });
}

Deno.test("A plugin that stops ends the run of its task by the signal, and only then loses its store", async () => {
  const events: string[] = [];
  const store = openMemoryStore();
  const inRun = Promise.withResolvers<void>();
  const running = await startPlugin(
    plugin(async ({ openStore, addTimer, signal }) => {
      await openStore("archive2");
      addTimer("sweep", () => 3600, async () => {
        const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
        inRun.resolve();
        await aborted;
        events.push("run ended");
      });
    }),
    {},
    {
      ...services(),
      openStore: () =>
        Promise.resolve(Object.assign(store, {
          [Symbol.asyncDispose]: () => Promise.resolve(void events.push("store closed")),
        })),
    },
  );
  await inRun.promise;
  await running[Symbol.asyncDispose]();
  assertEquals(events, ["run ended", "store closed"]);
});

Deno.test("A plugin's log lines name it", async () => {
  const log = memoryLog();
  await startPlugin(plugin(({ log }) => log.info("started", "It runs")), {}, { ...services(), log });
  assertEquals(log.events.map(({ fields }) => fields), [{ plugin: "thing" }]);
});

Deno.test("A plugin has the builder of elements at hand, for it may be able to import nothing", async () => {
  let built: unknown;
  await startPlugin(plugin(({ xml }) => void (built = xml("thing", { xmlns: NS }))), {}, services());
  assert(String(built).startsWith("<thing"));
});
