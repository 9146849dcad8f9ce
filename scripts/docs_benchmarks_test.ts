import { assertStringIncludes, assertThrows } from "@std/assert";
import type { Run } from "./bench/run.ts";
import { withBenchmarks } from "./docs_benchmarks.ts";

const RUN: Run = {
  time: "2026-11-22T20:00:00.000Z",
  quick: false,
  machine: { cpus: 2, deno: "2.9.6", os: "6.1" },
  outcomes: {},
  targets: [{ name: "small", wanted: "≤ 400", unit: "bytes" }],
};

Deno.test("withBenchmarks() puts the figures into their place", async () => {
  const page = await Deno.readTextFile(new URL("../docs/benchmarks.md", import.meta.url));
  const written = withBenchmarks(page, RUN);
  assertStringIncludes(written, "| small | ≤ 400 bytes | not measured |");
  assertStringIncludes(written, "<!-- /benchmarks -->");
});

Deno.test("withBenchmarks() needs a place for them", () => {
  assertThrows(() => withBenchmarks("# Annals", RUN), Error, "the place for the benchmarks");
});
