import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ArchiveStoreError } from "../store/error.ts";
import { canBeHad } from "../../tests/support/servers/available.ts";
import { PostgresqlServer } from "../../tests/support/servers/postgresql.ts";
import { loadConfig } from "./load_config.ts";
import type { Config } from "../config/config.ts";
import { createLog, type Log } from "../log/log.ts";
import type { LogEvent } from "../log/log_event.ts";
import { openStore } from "./stores.ts";

const ignore = !await canBeHad("PostgreSQL");

/** Configuration with archives there. */
async function configOf(url: string, more = ""): Promise<Config> {
  const text = `
    modules_enabled = []
    hosts = ["example.org"]
    component = { domain = "archive.example.org", secret = "x" }
    [storage]
    archive2 = "postgresql"
    postgresql.url = "${url}"
    ${more}`;
  return (await loadConfig({ text, file: "config.toml", env: {}, flags: new Map(), plugins: [] })).config;
}

/** A log that calls out at each event. */
function hearing(hear: (event: LogEvent) => void, write: (line: string) => void = () => {}): Log {
  return createLog({ level: "debug", format: "text", hear, write });
}

Deno.test({
  name: "a service that starts before its database waits for it, and has no other archives meanwhile",
  ignore,
  async fn(): Promise<void> {
    await using server = await PostgresqlServer.launch();
    await server.stop();
    const [events, lines]: [string[], string[]] = [[], []];
    const refused = Promise.withResolvers<void>();
    const log = hearing(({ event }) => {
      events.push(event);
      if (event === "store-unreachable") refused.resolve();
    }, (line) => lines.push(line));
    const opening = openStore("archive2", await configOf(server.url()), { log });
    await refused.promise;
    await server.start();
    await (await opening)[Symbol.asyncDispose]();
    assertEquals([...new Set(events)], ["store-unreachable", "store-opened"]);
    assertMatch(lines[0] ?? "", /Cannot reach the database of the archives event=store-unreachable .*127\.0\.0\.1/);
    assertEquals(lines.filter((line) => line.includes(":pw")), []);
  },
});

Deno.test("certificates that cannot be read end a start at once", async () => {
  const config = await configOf("postgresql://annals:pw@127.0.0.1:1/annals", 'postgresql.ca_file = "/nowhere"');
  const opening = openStore("archive2", config, { log: hearing(() => {}) });
  const { message } = await assertRejects(() => opening, Error);
  assertEquals(message, 'Cannot read storage.postgresql.ca_file "/nowhere": There is no such file or folder');
});

Deno.test("who stops a service that waits for its database does not wait for it", async () => {
  const givenUp = new AbortController();
  const log = hearing(() => givenUp.abort());
  // Nobody listens at a reserved port.
  const config = await configOf("postgresql://annals:pw@127.0.0.1:1/annals");
  const error = await assertRejects(() => openStore("archive2", config, { log, signal: givenUp.signal }), DOMException);
  assertEquals(error.name, "AbortError");
});

Deno.test({
  name: "what no waiting mends ends a start at once: a wrong password, a database that is not there",
  ignore,
  async fn(): Promise<void> {
    await using server = await PostgresqlServer.launch();
    const cases = [
      [server.url().replace(":pw@", ":hunter2@"), /refuses the user or its password/],
      [server.url("annals"), /has no database of that name/],
    ] as const;
    for (const [url, found] of cases) {
      const opening = openStore("archive2", await configOf(url), { log: hearing(() => {}) });
      const { message } = await assertRejects(() => opening, ArchiveStoreError);
      assertMatch(message, found);
      assertEquals(/hunter2|:pw/.test(message), false);
    }
  },
});
