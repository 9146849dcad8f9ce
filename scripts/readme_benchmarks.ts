/**
 * Writes the benchmarks into the README: `deno run -A scripts/readme_benchmarks.ts FILE`, with the file of
 * `deno task bench --json FILE`. `deno fmt README.md` aligns the tables afterwards.
 *
 * @module
 */
import { markdown } from "./bench/markdown.ts";
import { readRun, type Run } from "./bench/run.ts";

const README = new URL("../README.md", import.meta.url);
const SECTION = /(<!-- benchmarks -->\n).*?(<!-- \/benchmarks -->)/s;

/** The README with the figures of a run. Throws when it has no place for them. */
export function withBenchmarks(readme: string, run: Run): string {
  if (!SECTION.test(readme)) throw new Error("Cannot find the place for the benchmarks in the README");
  return readme.replace(SECTION, (_, start, end) => `${start}\n${markdown(run)}\n\n${end}`);
}

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) throw new Error("Cannot write the benchmarks: expected the file of a run");
  await Deno.writeTextFile(README, withBenchmarks(await Deno.readTextFile(README), await readRun(file)));
}
