/**
 * The form in which metrics are told: the one that the reader asks for.
 *
 * @module
 */
import type { View } from "./answer.ts";
import type { Metrics } from "./metrics.ts";
import { CONTENT_TYPE as OPEN_METRICS, writeMetrics } from "./open_metrics.ts";
import { CONTENT_TYPE as TEXT, writeText } from "./text_format.ts";

/** Tells the metrics: in OpenMetrics to who names it and prefers nothing to it, to others in the text format. */
export function exposition(metrics: Metrics, accept: string): View {
  return prefersOpenMetrics(accept)
    ? { headers: { "content-type": OPEN_METRICS }, body: writeMetrics(metrics) }
    : { headers: { "content-type": TEXT }, body: writeText(metrics) };
}

/** RFC 9110 §12.5.1. */
function prefersOpenMetrics(accept: string): boolean {
  const ranges = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { type, q: Number(q) || 0 };
  });
  const best = (type: string): number =>
    Math.max(0, ...ranges.filter((range) => range.type === type).map(({ q }) => q));
  const wanted = best("application/openmetrics-text");
  return wanted > 0 && wanted >= best("text/plain");
}
