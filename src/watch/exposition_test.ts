import { assertEquals } from "@std/assert";
import { exposition } from "./exposition.ts";
import { Histogram } from "./histogram.ts";
import { Metrics } from "./metrics.ts";
import { writeText } from "./text_format.ts";

const [TEXT, OPEN] = [
  "text/plain; version=0.0.4; charset=utf-8",
  "application/openmetrics-text; version=1.0.0; charset=utf-8",
];

const CASES = [
  ["", TEXT],
  ["*/*", TEXT],
  ["text/plain", TEXT],
  ["text/html,application/xhtml+xml,*/*;q=0.8", TEXT],
  ["application/openmetrics-text", OPEN],
  ["application/openmetrics-text; version=1.0.0; q=0", TEXT],
  ["application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.5", TEXT],
  // As Prometheus asks.
  [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;" +
    "q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    OPEN,
  ],
] as const;

for (const [accept, type] of CASES) {
  Deno.test(`exposition() for Accept: ${accept} is ${type}`, () => {
    assertEquals(exposition(new Metrics(), accept).headers["content-type"], type);
  });
}

Deno.test("writeText() names a counter as its sample, and knows neither units nor an end", () => {
  const histogram = new Histogram([1]);
  histogram.observe(0.5);
  assertEquals(
    writeText([
      { name: "annals_things", help: 'A "thing"\nor \\', type: "counter", label: "kind", read: () => ({ 'a"b': 1 }) },
      { name: "annals_wait_seconds", help: "Waits", type: "histogram", histogram },
    ]),
    `\
# HELP annals_things_total A "thing"\\nor \\\\
# TYPE annals_things_total counter
annals_things_total{kind="a\\"b"} 1
# HELP annals_wait_seconds Waits
# TYPE annals_wait_seconds histogram
annals_wait_seconds_bucket{le="1.0"} 1
annals_wait_seconds_bucket{le="+Inf"} 1
annals_wait_seconds_sum 0.5
annals_wait_seconds_count 1
`,
  );
});
