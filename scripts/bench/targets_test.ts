import { assertEquals } from "@std/assert";
import type { Outcomes, Series } from "./scenario.ts";
import { judge } from "./targets.ts";

function outcomes(scenario: string, series: readonly Omit<Series, "unit">[]): Outcomes {
  return { [scenario]: { load: "", baseline: "", series: series.map((one) => ({ ...one, unit: "" })) } };
}

/** Lists the targets that were judged, and the verdicts. */
function judged(measured: Outcomes): [string, number | undefined, boolean | undefined][] {
  return judge(measured)
    .filter(({ reached }) => reached !== undefined)
    .map(({ name, measured, reached }) => [name, measured?.value, reached]);
}

Deno.test("judge() compares the median of the rounds with what is wanted", () => {
  const quantity = "CPU a message";
  const [name, subject] = ["CPU of Annals a message, two archives", "2 archives"];
  for (const [values, median, reached] of [[[50, 70, 40], 50, true], [[61, 61, 10], 61, false]] as const) {
    assertEquals(judged(outcomes("component", [{ quantity, subject, values }])), [[name, median, reached]]);
  }
});

Deno.test("judge() takes ratios round by round", () => {
  const quantity = "messages a second";
  const series = [
    { quantity, subject: "Prosody, Annals", values: [600, 1000, 90] },
    { quantity, subject: "Prosody, no archive", values: [1000, 1000, 100] },
  ];
  assertEquals(judged(outcomes("end-to-end-prosody", series)), [
    ["messages a second through Prosody without the module, to without any archive", 0.9, true],
  ]);
});

Deno.test("judge() takes the most of memory", () => {
  const series = [{
    quantity: "memory after the pages",
    subject: "1,000 archives, 10 million messages in them",
    values: [100, 100, 160],
  }];
  assertEquals(judged(outcomes("component", series)), [
    ["memory of Annals with 10 million messages, under load, at most", 160, false],
  ]);
});

Deno.test("judge() leaves open what was not measured, and what could not run", () => {
  assertEquals(judged({}), []);
  assertEquals(judged({ component: { failure: "ejabberd is missing" } }), []);
});
