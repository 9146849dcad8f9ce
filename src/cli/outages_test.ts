import { assertEquals } from "@std/assert";
import type { Span } from "../store/figures.ts";
import { type Outage, outagesOf } from "./outages.ts";

const MINUTE = 60_000;

const CASES: readonly (readonly [string, readonly Span[], readonly Outage[]])[] = [
  ["nothing is known of", [], []],
  ["goes on", [{ began: 0, ended: 99 * MINUTE }], []],
  ["was lost once", [{ began: 0, ended: 5 }, { began: 7, ended: 100 * MINUTE }], [{ from: 5, to: 7 }]],
  ["was lost and is not back", [{ began: 0, ended: 97 * MINUTE }], [{ from: 97 * MINUTE }]],
  ["seems to overlap, as the clock was put back", [{ began: 0, ended: 50 }, { began: 40, ended: 100 * MINUTE }], []],
  [
    "was lost within another, as the clock was put back",
    [{ began: 0, ended: 50 }, { began: 10, ended: 20 }, { began: 60, ended: 100 * MINUTE }],
    [{ from: 50, to: 60 }],
  ],
];

for (const [name, connections, outages] of CASES) {
  Deno.test(`outagesOf() a connection that ${name}`, () => {
    assertEquals(outagesOf(connections, 100 * MINUTE), outages);
  });
}
