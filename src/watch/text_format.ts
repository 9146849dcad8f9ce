/**
 * The text format of Prometheus, version 0.0.4, for whoever does not ask for OpenMetrics.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 * @module
 */
import type { Metric } from "./metric.ts";
import { samplesOf } from "./open_metrics.ts";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** All metrics, as they are read at this moment. Unlike in OpenMetrics, a counter is called as its sample is. */
export function writeText(metrics: Iterable<Metric>): string {
  return [...metrics].flatMap((metric) => {
    const name = metric.type === "counter" ? `${metric.name}_total` : metric.name;
    const help = metric.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${metric.type}`, ...samplesOf(metric)];
  }).map((line) => `${line}\n`).join("");
}
