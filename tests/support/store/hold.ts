/**
 * Opens an archive, stores a message, says so, and holds on until it is killed: `deno run -A hold.ts PATH`.
 *
 * @module
 */
import { openSqliteStore } from "../../../src/store/sqlite/mod.ts";
import { conversationAt } from "./messages.ts";

const [path = ""] = Deno.args;
const store = await openSqliteStore({ path });
await store.append([conversationAt(1)]);
await Deno.stdout.write(new TextEncoder().encode("stored\n"));
await new Promise(() => setInterval(() => store, 1000));
