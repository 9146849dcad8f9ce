/**
 * Writes the rules of mod_firewall into docs/prosody.md, as `annals setup` prints them: `deno run -A scripts/docs_firewall.ts`.
 *
 * @module
 */
import { firewallRules } from "../src/cli/setup/firewall.ts";

const PAGE = new URL("../docs/prosody.md", import.meta.url);
const BLOCK = /(<!-- test: firewall -->\n\n```text\n).*?(```)/s;

/** Returns the page with the rules of example.org. Throws when it has no place for them. */
export function withRules(page: string): string {
  if (!BLOCK.test(page)) throw new Error("Cannot find the place for the rules in docs/prosody.md");
  const rules = firewallRules("example.org", "archive.example.org");
  return page.replace(BLOCK, (_, start, end) => `${start}${rules}${end}`);
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, withRules(await Deno.readTextFile(PAGE)));
}
