import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../store/sqlite/schema.ts";
import { loadConfig } from "./load_config.ts";
import { createLog } from "../log/log.ts";
import type { LogEvent } from "../log/log_event.ts";
import { openStore } from "./stores.ts";
import { makeOlder } from "../../tests/support/store/older.ts";

const TEXT =
  'modules_enabled = []\nhosts = ["example.org"]\ncomponent = { domain = "archive.example.org", secret = "x" }\n';

Deno.test("openStore() says when it opens the archives, and once when it brings them up to date", async () => {
  const folder = await Deno.makeTempDir({ prefix: "annals-stores-" });
  try {
    const file = `${folder}/config.toml`;
    const { config } = await loadConfig({ file, text: TEXT, env: {}, flags: new Map(), plugins: [] });
    const opened = async (): Promise<Partial<LogEvent>[]> => {
      const events: Partial<LogEvent>[] = [];
      const hear = ({ event, fields }: LogEvent): void => void events.push({ event, fields });
      const log = createLog({ level: "info", format: "text", write: () => {}, hear });
      await (await openStore("archive2", config, { log }))[Symbol.asyncDispose]();
      return events;
    };
    const path = String(config.stores.sqlite?.path);
    const open = { event: "store-opened", fields: { store: `sqlite ${path}` } };
    assertEquals(await opened(), [open]);
    {
      using db = new DatabaseSync(path);
      makeOlder(db, 2);
    }
    assertEquals(await opened(), [{ event: "store-upgraded", fields: { from: 2, to: MIGRATIONS.length } }, open]);
    assertEquals(await opened(), [open]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
