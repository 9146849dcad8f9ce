/**
 * Writes the table of options into docs/options.md, from their declarations: `deno run -A scripts/docs_options.ts`.
 *
 * @module
 */
import { BUILT_IN } from "../src/plugins/mod.ts";
import { schemaOf } from "../src/config/schema.ts";
import { BACK_ENDS } from "../src/store/mod.ts";
import { written } from "../src/config/toml.ts";

const PAGE = new URL("../docs/options.md", import.meta.url);
const SECTION = /(<!-- options -->\n).*?(<!-- \/options -->)/s;

/** Returns the page with the options as they are declared. Throws when it has no place for them. */
export function withOptions(page: string): string {
  if (!SECTION.test(page)) throw new Error("Cannot find the place for the options in docs/options.md");
  const rows = [...schemaOf({ plugins: BUILT_IN, stores: BACK_ENDS }).schema].map(([key, { option }]) => {
    const value = option.default === undefined ? (option.optional ? "" : "required") : code(written(option.default));
    return `| ${code(key)} | ${value} | ${escaped(option.doc)}${option.reload ? " ↻" : ""} |`;
  });
  const table = ["| key | default | |", "| --- | --- | --- |", ...rows].join("\n");
  return page.replace(SECTION, (_, start, end) => `${start}\n${table}\n\n↻ takes effect at SIGHUP too.\n\n${end}`);
}

function code(text: string): string {
  return `\`${escaped(text)}\``;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, withOptions(await Deno.readTextFile(PAGE)));
}
