/**
 * Writes the table of options into the README, from their declarations: `deno run -A scripts/readme_options.ts`.
 *
 * @module
 */
import { BUILT_IN } from "../src/plugins/mod.ts";
import { schemaOf } from "../src/runtime/config/schema.ts";
import { written } from "../src/runtime/config/toml.ts";

const README = new URL("../README.md", import.meta.url);
const SECTION = /(<!-- options -->\n).*?(<!-- \/options -->)/s;

/** The README with the options as they are declared. Throws when it has no place for them. */
export function withOptions(readme: string): string {
  if (!SECTION.test(readme)) throw new Error("Cannot find the place for the options in the README");
  const rows = [...schemaOf(BUILT_IN).schema].map(([key, { option }]) => {
    const value = option.default === undefined ? (option.optional ? "" : "required") : code(written(option.default));
    return `| ${code(key)} | ${value} | ${escaped(option.doc)}${option.reload ? " ↻" : ""} |`;
  });
  const table = ["| key | default | |", "| --- | --- | --- |", ...rows].join("\n");
  return readme.replace(SECTION, (_, start, end) => `${start}\n${table}\n\n↻ takes effect at SIGHUP too.\n\n${end}`);
}

function code(text: string): string {
  return `\`${escaped(text)}\``;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (import.meta.main) {
  await Deno.writeTextFile(README, withOptions(await Deno.readTextFile(README)));
}
