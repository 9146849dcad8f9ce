import { assertEquals } from "@std/assert";
import { BUILT_IN } from "../../mod.ts";
import { startComponent } from "../../../runtime/component.ts";
import { loadConfig } from "../../../runtime/load_config.ts";
import { memoryLog } from "../../../log/log.ts";
import { Metrics } from "../../../watch/metrics.ts";
import { ArchiveStoreError } from "../../../store/error.ts";
import { openMemoryStore } from "../../../store/memory/mod.ts";
import { readXml } from "../../../../tests/support/codec.ts";

/** A copy that a server hands over. */
function copyOf(body: string, from = "a.test"): string {
  return `<message from='${from}' to='archive.a.test'><forwarded xmlns='urn:xmpp:forward:0'>
    <message xmlns='jabber:client' type='chat' from='alice@a.test/x' to='bob@a.test'>${body}</message>
  </forwarded></message>`;
}

Deno.test("measureArchive() tells what becomes of what is handed over", async () => {
  const { config, plugins } = await loadConfig({
    file: "annals.toml",
    text: `hosts = ["a.test"]\ncomponent = { domain = "archive.a.test", secret = "s3cret" }`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  const metrics = new Metrics();
  const log = memoryLog();
  const store = openMemoryStore();
  const { append } = store;
  const refusal = new ArchiveStoreError({ operation: "append to", path: "x", found: "the disk is full", hint: "" });
  const component = await startComponent({
    config,
    plugins,
    log,
    metrics,
    openStore: () => Promise.resolve(store),
    send: () => Promise.resolve(),
  });
  const metric = (name: string): number => metrics.value(`annals_${name}`);

  for (const copy of [copyOf("<body>1</body>"), copyOf("<body>2</body>", "mallory.test"), copyOf("<nothing/>")]) {
    component.take(readXml(copy));
  }
  assertEquals(metric("messages_received"), 3);
  await until(() => metric("messages_stored") === 1);
  assertEquals([metric("messages_waiting"), metric("commit_seconds"), metric("store_accepting")], [0, 1, 1]);
  assertEquals(metrics.values("annals_messages_skipped").get("forged"), 1);

  store.append = () => Promise.reject(refusal);
  component.take(readXml(copyOf("<body>3</body>")));
  await until(() => metric("store_accepting") === 0);
  assertEquals([metric("messages_waiting"), metric("messages_lost")], [1, 0]);
  store.append = append;
  await until(() => metric("store_accepting") === 1);
  assertEquals([metric("messages_waiting"), metric("messages_stored")], [0, 2]);

  await component[Symbol.asyncDispose]();
  assertEquals([...metrics], []);
});

/** Lets everything else have its turn until something has come true. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 0));
}
