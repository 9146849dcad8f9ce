import { assertEquals, assertThrows } from "@std/assert";
import { Histogram } from "./histogram.ts";
import type { Metric } from "./metric.ts";
import { Metrics } from "./metrics.ts";

function gauge(name: string, read: () => number = () => 1): Metric {
  return { name, help: "Things", type: "gauge", read };
}

Deno.test("Metrics.value() reads what there is at the moment", () => {
  const metrics = new Metrics();
  let things = 1;
  metrics.add(gauge("annals_things", () => things));
  things = 2;
  assertEquals(metrics.value("annals_things"), 2);
});

Deno.test("Metrics.value() sums over the values of a label, and counts those of a histogram", () => {
  const metrics = new Metrics();
  const histogram = new Histogram();
  metrics.add({ name: "annals_things", help: "Things", type: "counter", label: "kind", read: () => ({ a: 1, b: 2 }) });
  metrics.add({ name: "annals_wait_seconds", help: "Waits", type: "histogram", histogram });
  histogram.observe(0.3);
  assertEquals([metrics.value("annals_things"), metrics.value("annals_wait_seconds")], [3, 1]);
});

Deno.test("Metrics.add() returns what takes the metric away again", () => {
  const metrics = new Metrics();
  const remove = metrics.add(gauge("annals_things"));
  assertThrows(() => metrics.add(gauge("annals_things")), Error, "there is one of that name");
  remove();
  assertEquals([...metrics], []);
  assertEquals(metrics.value("annals_things"), 0);
});

for (const name of ["things", "annals things", "Annals_things", "annals_things{a='b'}", "annals__things", "1_thing"]) {
  Deno.test(`Metrics.add() refuses the name "${name}"`, () => {
    assertThrows(() => new Metrics().add(gauge(name)), RangeError, name);
  });
}

Deno.test("Metrics.values() tells fifty values of a label apart, and sums up the rest", () => {
  const metrics = new Metrics();
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`kind ${index}`, 1]));
  metrics.add({ name: "annals_things", help: "Things", type: "counter", label: "kind", read: () => many });
  const values = metrics.values("annals_things");
  assertEquals([values.size, values.get("other")], [51, 10]);
});

Deno.test("Histogram.quantile() is the bound that this share does not exceed", () => {
  const histogram = new Histogram([1, 2, 4]);
  assertEquals(histogram.quantile(0.5), undefined);
  for (const value of [0.5, 1.5, 1.6, 3, 9]) histogram.observe(value);
  assertEquals([0.1, 0.5, 0.7, 1].map((share) => histogram.quantile(share)), [1, 2, 4, Infinity]);
});
