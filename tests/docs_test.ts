import { assertEquals } from "@std/assert";
import { PERMISSIONS } from "../scripts/build/compile.ts";
import { withCommands } from "../scripts/docs_commands.ts";
import { withOptions } from "../scripts/docs_options.ts";
import { V8_FLAGS } from "../src/runtime/v8_flags.ts";

const page = (path: string): string => Deno.readTextFileSync(new URL(`../${path}`, import.meta.url));
const MANIFEST = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));

Deno.test("docs/options.md has every option as it is declared (deno run -A scripts/docs_options.ts)", () => {
  assertEquals(unaligned(page("docs/options.md")), unaligned(withOptions(page("docs/options.md"))));
});

Deno.test("docs/commands.md has every command as its help has it (deno run -A scripts/docs_commands.ts)", () => {
  assertEquals(unaligned(page("docs/commands.md")), unaligned(withCommands(page("docs/commands.md"))));
});

Deno.test("docs/security.md says what each permission is for, and of no other", () => {
  const [, table = ""] = /^\| permission [^]+?\n((?:\| `.+\n)+)/m.exec(page("docs/security.md")) ?? [];
  const told = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  assertEquals(told.map((name) => `--allow-${name}`), PERMISSIONS.filter((flag) => flag !== "--no-prompt"));
});

Deno.test("CONTRIBUTING.md says what each dependency is for", () => {
  const packages = Object.values<string>(MANIFEST.imports).map((specifier) => /^npm:(.+)@/.exec(specifier)?.[1]);
  const missing = new Set(packages).difference(
    new Set([...page("CONTRIBUTING.md").matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)),
  );
  assertEquals([...missing], []);
});

Deno.test("`deno task start` sets the engine as the executable has it", () => {
  assertEquals(/--v8-flags=(\S+)/.exec(MANIFEST.tasks.start)?.[1], V8_FLAGS);
});

/** The formatter aligns tables, which is no difference. */
function unaligned(markdown: string): string {
  return markdown.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
}
