/**
 * Plays tests again with the archives in PostgreSQL: those that say most about a store, or all of them with
 * `ANNALS_STORE=postgresql`.
 *
 * @module
 */
import { keepArchivesIn } from "../support/annals.ts";
import { canBeHad } from "../support/servers/available.ts";
import { inPostgresql } from "../support/servers/postgresql.ts";

const TELLING = ["smoke", "conversation", "query", "preferences", "companion_kill", "companion"];

if (await canBeHad("PostgreSQL")) {
  keepArchivesIn(await inPostgresql());
  for (const name of Deno.env.get("ANNALS_STORE") === "postgresql" ? await all() : TELLING) {
    await import(new URL(`${name}_test.ts`, import.meta.url).href);
  }
}

/** Every test of this folder but this one, and that of commands which ask the service that has a file open. */
async function all(): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(new URL(".", import.meta.url)), ({ name }) => name);
  return names.flatMap((name) => /^(?!postgresql|beside)(\w+)_test\.ts$/.exec(name)?.[1] ?? []).sort();
}
