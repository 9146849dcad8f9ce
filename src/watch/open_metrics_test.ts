import { assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";
import type { Metric } from "./metric.ts";
import { writeMetrics } from "./open_metrics.ts";

const about = { name: "annals_things", help: "Things" };

const CASES: readonly [string, Metric, readonly string[]][] = [
  ["§ Counter: the sample ends in _total", { ...about, type: "counter", read: () => 17 }, [
    "# TYPE annals_things counter",
    "# HELP annals_things Things",
    "annals_things_total 17",
  ]],
  ["§ Gauge, § Unit: the name ends in the unit", {
    ...about,
    name: "annals_age_seconds",
    type: "gauge",
    read: () => 0.5,
  }, [
    "# TYPE annals_age_seconds gauge",
    "# UNIT annals_age_seconds seconds",
    "# HELP annals_age_seconds Things",
    "annals_age_seconds 0.5",
  ]],
  ["§ Label: a sample for each value", {
    ...about,
    type: "gauge",
    label: "kind",
    read: () => ({ good: 1, "not so good": 2 }),
  }, [
    "# TYPE annals_things gauge",
    "# HELP annals_things Things",
    'annals_things{kind="good"} 1',
    'annals_things{kind="not so good"} 2',
  ]],
  ["§ Escaping: in help and in values", {
    ...about,
    help: 'A "thing"\nor \\',
    type: "gauge",
    label: "kind",
    read: () => ({ 'a"b\n\\': 1 }),
  }, [
    "# TYPE annals_things gauge",
    '# HELP annals_things A \\"thing\\"\\nor \\\\',
    'annals_things{kind="a\\"b\\n\\\\"} 1',
  ]],
  ["§ Numbers: what is not finite", {
    ...about,
    type: "gauge",
    label: "kind",
    read: () => ({ most: Infinity, least: -Infinity, none: NaN }),
  }, [
    "# TYPE annals_things gauge",
    "# HELP annals_things Things",
    'annals_things{kind="most"} +Inf',
    'annals_things{kind="least"} -Inf',
    'annals_things{kind="none"} NaN',
  ]],
  ["§ Histogram: each bucket has those below it, too", {
    ...about,
    type: "histogram",
    histogram: seen([0.5, 1], [0.25, 0.5, 0.75, 2]),
  }, [
    "# TYPE annals_things histogram",
    "# HELP annals_things Things",
    'annals_things_bucket{le="0.5"} 2',
    'annals_things_bucket{le="1.0"} 3',
    'annals_things_bucket{le="+Inf"} 4',
    "annals_things_sum 3.5",
    "annals_things_count 4",
  ]],
];

for (const [name, metric, lines] of CASES) {
  Deno.test(`writeMetrics() ${name}`, () => {
    assertEquals(writeMetrics([metric]), [...lines, "# EOF", ""].join("\n"));
  });
}

function seen(bounds: readonly number[], values: readonly number[]): Histogram {
  const histogram = new Histogram(bounds);
  for (const value of values) histogram.observe(value);
  return histogram;
}
