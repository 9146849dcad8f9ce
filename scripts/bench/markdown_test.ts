import { assertEquals } from "@std/assert";
import { markdown } from "./markdown.ts";

Deno.test("markdown() shows each subject beside the baseline, and what was to be reached", () => {
  const quantity = "messages a second";
  const written = markdown({
    time: "2026-11-22T20:00:00.000Z",
    quick: false,
    machine: { cpus: 2, deno: "2.9.6", os: "6.1" },
    outcomes: {
      "end-to-end-prosody": {
        load: "3 rounds",
        baseline: "Prosody, own archive in SQLite",
        series: [
          { quantity, unit: "1/s", subject: "Prosody, own archive in SQLite", values: [300, 200, 400] },
          { quantity, unit: "1/s", subject: "Prosody, Annals", values: [6000, 6000, 6000] },
        ],
      },
      "end-to-end-ejabberd": { failure: "ejabberd is missing" },
    },
    targets: [
      { name: "fast", wanted: "≥ 18", unit: "times", measured: { value: 20, least: 15, most: 30 }, reached: true },
      { name: "small", wanted: "≤ 400", unit: "bytes" },
    ],
  });
  assertEquals(
    written,
    `| Prosody | own archive in SQLite | Annals |
| --- | --- | --- |
| messages a second | 300 | 6,000, × 20 (15 – 30) |

3 rounds; × and ÷ compare with the own archive in SQLite.

| to reach | wanted | measured | reached |
| --- | --- | --- | --- |
| fast | ≥ 18 times | 20 (15 – 30) | yes |
| small | ≤ 400 bytes | not measured |  |

Medians of the rounds, and their least and most; Deno 2.9.6, 2 cores, 2026-11-22.`,
  );
});
