/**
 * OpenMetrics, version 1.0.0: the text that Prometheus and its kin read.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 * @module
 */
import type { Metric } from "./metric.ts";
import { readingsOf } from "./metrics.ts";

export const CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Units that the name of a metric may end in (§"Unit"). */
const UNIT = /_(seconds|bytes)$/;

/** All metrics, as they are read at this moment. */
export function writeMetrics(metrics: Iterable<Metric>): string {
  return `${[...metrics].flatMap(family).join("\n")}\n# EOF\n`;
}

function family(metric: Metric): readonly string[] {
  const { name, help, type } = metric;
  const [, unit] = UNIT.exec(name) ?? [];
  return [
    `# TYPE ${name} ${type}`,
    ...unit === undefined ? [] : [`# UNIT ${name} ${unit}`],
    `# HELP ${name} ${escape(help)}`,
    ...samplesOf(metric),
  ];
}

/** The samples of a metric; the same in the text format of Prometheus. */
export function samplesOf(metric: Metric): readonly string[] {
  const { name } = metric;
  if (metric.type === "histogram") {
    const { histogram } = metric;
    return [
      ...histogram.buckets().map(([bound, count]) => `${name}_bucket{le="${number(bound, "float")}"} ${count}`),
      `${name}_sum ${number(histogram.sum)}`,
      `${name}_count ${histogram.count}`,
    ];
  }
  const sample = metric.type === "counter" ? `${name}_total` : name;
  return [...readingsOf(metric)].map(([value, reading]) => {
    const labels = "label" in metric ? `{${metric.label}="${escape(value)}"}` : "";
    return `${sample}${labels} ${number(reading)}`;
  });
}

/** §"Numbers"; bounds are floats even where they are whole (§"Canonical Numbers"). */
function number(value: number, form?: "float"): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return form === "float" && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** §"ABNF", escaped-string. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
