import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parsePeriod } from "./period.ts";

const UNITS = { "": 1, d: 86_400, w: 7 * 86_400, m: 31 * 86_400, y: 365.2425 * 86_400 };

Deno.test("parsePeriod() reads what mod_mam documents", () => {
  const cases: readonly (readonly [unknown, number])[] = [
    [3600, 3600],
    ["3600", 3600],
    ["1d", 86_400],
    ["1w", 604_800],
    ["2 W", 1_209_600],
    ["6m", 16_070_400],
    ["1Y", 31_556_952],
    [" 1w ", 604_800],
    ["never", Infinity],
    ["Never", Infinity],
  ];
  for (const [raw, seconds] of cases) assertEquals(parsePeriod(raw), seconds, JSON.stringify(raw));
});

Deno.test("parsePeriod() counts every number of every unit, whatever its case and with a blank or without", () => {
  const unit = fc.constantFrom(...Object.entries(UNITS));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200_000 }), unit, fc.boolean(), fc.boolean(), (count, unit, upper, blank) => {
      const [letter, seconds] = unit;
      const text = `${count}${blank ? " " : ""}${upper ? letter.toUpperCase() : letter}`;
      assertEquals(parsePeriod(text), count * seconds);
    }),
  );
});

Deno.test("parsePeriod() refuses all else", () => {
  const refused = ["", "w", "1h", "1 week", "1.5d", "-1d", "1w2d", "0x10", "forever", "1  d", "١d"];
  for (const raw of [...refused, true, null, ["1w"], new Date(0)]) {
    assertThrows(() => parsePeriod(raw), TypeError, "a whole number of seconds", JSON.stringify(raw));
  }
  for (const raw of [0, -1, 1.5, NaN, Infinity, "0", "0d", "99999999999999999999y"]) {
    assertThrows(() => parsePeriod(raw), RangeError, "a whole number of seconds", JSON.stringify(raw));
  }
});

Deno.test("parsePeriod() gives a positive whole number of seconds, or Infinity, or throws", () => {
  const anything = fc.oneof(fc.string(), fc.double(), fc.anything(), fc.stringMatching(/^\d{1,20} ?[dwmyDWMY]?$/));
  fc.assert(fc.property(anything, (raw) => {
    try {
      const seconds = parsePeriod(raw);
      assertEquals(seconds > 0 && (seconds === Infinity || Number.isSafeInteger(seconds)), true);
    } catch (error) {
      assertEquals(error instanceof TypeError || error instanceof RangeError, true);
    }
  }));
});
