import { assertEquals, assertRejects } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { ping } from "../wire/xep0199.ts";
import type { Element } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { type Component, startComponent } from "./component.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "./load_config.ts";
import { fakeLink } from "../../tests/support/links.ts";
import { memoryLog } from "../log/log.ts";
import {
  type AnyPlugin,
  type Context,
  definePlugin,
  type Event,
  optionsChanged,
  streamEnded,
  streamOpened,
} from "./plugin.ts";
import { PrivilegedLink } from "./privileged_link.ts";

function plugin(name: string, start: (context: Context) => void): AnyPlugin {
  return definePlugin({ name, summary: name, options: {}, start });
}

/** Starts a component with these plugins; says what it sends. */
async function start(
  plugins: readonly AnyPlugin[],
): Promise<{ component: Component; config: Config; sent: Element[] }> {
  const { config } = await loadConfig({
    file: "annals.toml",
    text: `
      hosts = ["a.test"]
      modules_enabled = ${JSON.stringify(plugins.map(({ name }) => name))}
      component.domain = "archive.a.test"
      component.secret = "secret"`,
    env: {},
    flags: new Map(),
    plugins,
  });
  const sent: Element[] = [];
  const component = await startComponent({
    config,
    plugins,
    log: memoryLog(),
    openStore: () => Promise.resolve(openMemoryStore()),
    send: (stanza) => Promise.resolve(void sent.push(stanza)),
  });
  return { component, config, sent };
}

Deno.test("startComponent() lets one plugin have a say in what another does, in their order", async () => {
  const shouldKeep: Event<string, string> = { name: "should-keep" };
  let fire = (_: string): string | undefined => undefined;
  const { component } = await start([
    plugin("archive", (context) => void (fire = (what) => context.fire(shouldKeep, what))),
    plugin("quiet", ({ on }) => on(shouldKeep, () => undefined)),
    plugin("strict", ({ on }) => on(shouldKeep, (what) => what === "secret" ? "no" : undefined)),
    plugin("generous", ({ on }) => on(shouldKeep, () => "yes")),
  ]);
  assertEquals([fire("secret"), fire("letter")], ["no", "yes"]);
  await component[Symbol.asyncDispose]();
  assertEquals(fire("letter"), undefined);
});

Deno.test("startComponent() stops the plugins that run, newest first, when one cannot start", async () => {
  const stopped: string[] = [];
  await assertRejects(
    () =>
      start([
        plugin("one", ({ defer }) => defer(() => void stopped.push("one"))),
        plugin("two", ({ defer }) => defer(() => void stopped.push("two"))),
        plugin("pinger", ({ hook }) => hook(ping, () => {})),
        plugin("rival", ({ hook }) => hook(ping, () => {})),
      ]),
    Error,
    'Cannot start the plugin "rival"',
  );
  assertEquals(stopped, ["two", "one"]);
});

Deno.test("Component says from whom each stanza is, answers, and has done so when it says that it has", async () => {
  const { component, sent } = await start([
    plugin("pinger", ({ hook, send, xml }) => {
      hook(ping, async () => {
        await Promise.resolve();
        await send(xml("message", { to: "a.test" }));
      });
    }),
  ]);
  component.take(readXml(`<iq type="get" id="1" from="a.test" to="archive.a.test"><ping xmlns="urn:xmpp:ping"/></iq>`));
  await component.answered();
  assertEquals(sent.map(serialize), [
    `<message to="a.test" from="archive.a.test"/>`,
    `<iq type="result" id="1" from="archive.a.test" to="a.test"/>`,
  ]);
  await component[Symbol.asyncDispose]();
});

Deno.test("startComponent() tells plugins of a stream that opens and ends, and of options that have changed", async () => {
  const told: string[] = [];
  const { component, config } = await start([
    plugin("listener", ({ on }) => {
      on(streamOpened, () => void told.push("stream opened"));
      on(streamEnded, () => void told.push("stream ended"));
      on(optionsChanged, () => void told.push("options changed"));
    }),
  ]);
  component.streamOpened();
  component.streamEnded();
  component.reload(config);
  await component[Symbol.asyncDispose]();
  assertEquals(told, ["stream opened", "stream ended", "options changed"]);
});

Deno.test("startComponent() speaks to a host over the link that a plugin adds, while that is open", async () => {
  const link = { ...fakeLink("a.test"), isOpen: true };
  const { component } = await start([plugin("companion", ({ addLink }) => addLink(link))]);
  assertEquals(component.links.of("a.test"), link);
  link.isOpen = false;
  assertEquals(component.links.of("a.test") instanceof PrivilegedLink, true);
  link.isOpen = true;
  await component[Symbol.asyncDispose]();
  assertEquals(component.links.of("a.test") instanceof PrivilegedLink, true);
});
