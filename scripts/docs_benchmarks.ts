/**
 * Writes the benchmarks into docs/benchmarks.md: `deno run -A scripts/docs_benchmarks.ts FILE`, with the file of
 * `deno task bench --json FILE`. `deno fmt docs` aligns the tables afterwards.
 *
 * @module
 */
import { markdown } from "./bench/markdown.ts";
import { readRun, type Run } from "./bench/run.ts";

const PAGE = new URL("../docs/benchmarks.md", import.meta.url);
const SECTION = /(<!-- benchmarks -->\n).*?(<!-- \/benchmarks -->)/s;

/** Returns the page with the figures of a run. Throws when it has no place for them. */
export function withBenchmarks(page: string, run: Run): string {
  if (!SECTION.test(page)) throw new Error("Cannot find the place for the benchmarks in docs/benchmarks.md");
  return page.replace(SECTION, (_, start, end) => `${start}\n${markdown(run)}\n\n${end}`);
}

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) throw new Error("Cannot write the benchmarks: expected the file of a run");
  await Deno.writeTextFile(PAGE, withBenchmarks(await Deno.readTextFile(PAGE), await readRun(file)));
}
