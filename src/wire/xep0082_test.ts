import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatStamp, parseStamp } from "./xep0082.ts";

const EARLIEST = Date.parse("0001-01-01T00:00:00Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

for (
  const [name, text, utc] of [
    // §3.2, examples.
    ["UTC", "1969-07-21T02:56:15Z", "1969-07-21T02:56:15.000Z"],
    ["an offset", "1969-07-20T21:56:15-05:00", "1969-07-21T02:56:15.000Z"],
    // Fractions.
    ["milliseconds", "2026-11-22T18:00:00.123Z", "2026-11-22T18:00:00.123Z"],
    ["tenths", "2026-11-22T18:00:00.1Z", "2026-11-22T18:00:00.100Z"],
    ["microseconds, cut off", "2026-11-22T18:00:00.999999Z", "2026-11-22T18:00:00.999Z"],
    ["a fraction before 1970", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"],
    ["a long fraction", `2026-11-22T18:00:00.${"9".repeat(50)}+00:00`, "2026-11-22T18:00:00.999Z"],
    // Offsets.
    ["an offset of minutes", "2026-11-22T18:00:00+05:30", "2026-11-22T12:30:00.000Z"],
    ["an offset over midnight", "2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z"],
    ["the largest offset", "2026-11-22T18:00:00-14:00", "2026-11-23T08:00:00.000Z"],
    ["a negative offset of nothing", "2026-11-22T18:00:00-00:00", "2026-11-22T18:00:00.000Z"],
    // The calendar.
    ["a leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["the leap day of a century", "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"],
    ["a leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["a leap second with an offset", "2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000Z"],
    ["a leap second before 1970", "1960-12-31T23:59:60Z", "1961-01-01T00:00:00.000Z"],
    ["a year of two digits", "0099-01-01T00:00:00Z", "0099-01-01T00:00:00.000Z"],
    ["the first moment", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["the last moment", "9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59.999Z"],
  ] as const
) {
  Deno.test(`parseStamp() reads ${name}`, () => {
    const ms = parseStamp(text);
    assertEquals(ms === undefined ? undefined : formatStamp(ms), utc);
  });
}

for (
  const [name, text] of [
    ["nothing", ""],
    ["words", "yesterday"],
    ["a date (§3.1)", "1776-07-04"],
    ["a time (§3.3)", "16:00:00Z"],
    ["the old format (§4)", "20261122T18:00:00"],
    ["no offset", "2026-11-22T18:00:00"],
    ["no seconds", "2026-11-22T18:00Z"],
    ["a blank for the T", "2026-11-22 18:00:00Z"],
    ["small letters", "2026-11-22t18:00:00z"],
    ["blanks around", " 2026-11-22T18:00:00Z "],
    ["a line break behind", "2026-11-22T18:00:00Z\n"],
    ["an empty fraction", "2026-11-22T18:00:00.Z"],
    ["an offset without a colon", "2026-11-22T18:00:00+0100"],
    ["an offset of too many hours", "2026-11-22T18:00:00+14:01"],
    ["an offset of 60 minutes", "2026-11-22T18:00:00+01:60"],
    ["February 30", "2026-02-30T18:00:00Z"],
    ["February 29 of a common year", "2026-02-29T18:00:00Z"],
    ["February 29 of a common century", "1900-02-29T18:00:00Z"],
    ["month 0", "2026-00-22T18:00:00Z"],
    ["month 13", "2026-13-22T18:00:00Z"],
    ["day 0", "2026-11-00T18:00:00Z"],
    ["hour 24 (§2.1)", "2026-11-22T24:00:00Z"],
    ["minute 60", "2026-11-22T18:60:00Z"],
    ["second 61", "2026-12-31T23:59:61Z"],
    ["a leap second at noon", "2026-12-31T12:00:60Z"],
    ["a leap second that ends an hour only there", "2026-12-31T23:59:60+01:00"],
    ["the year 0", "0000-12-31T23:59:59Z"],
    ["a year of five digits", "10000-01-01T00:00:00Z"],
    ["a year with a sign", "-0001-01-01T00:00:00Z"],
    ["a moment before the first", "0001-01-01T00:00:00+00:01"],
    ["a moment after the last", "9999-12-31T23:59:59-00:01"],
  ] as const
) {
  Deno.test(`parseStamp() refuses ${name}`, () => {
    assertEquals(parseStamp(text), undefined);
  });
}

Deno.test("formatStamp() writes UTC with milliseconds", () => {
  assertEquals(formatStamp(0), "1970-01-01T00:00:00.000Z");
  assertEquals(formatStamp(1795370400007), "2026-11-22T18:00:00.007Z");
});

Deno.test("formatStamp() throws for what four digits of a year cannot name", () => {
  for (const ms of [EARLIEST - 1, LATEST + 1, NaN, Infinity]) assertThrows(() => formatStamp(ms), RangeError);
});

Deno.test("parseStamp() reads what formatStamp() writes", () => {
  fc.assert(fc.property(fc.integer({ min: EARLIEST, max: LATEST }), (ms) => {
    assertEquals(parseStamp(formatStamp(ms)), ms);
  }));
});

Deno.test("parseStamp() reads any moment the same at any offset", () => {
  const moment = fc.integer({ min: EARLIEST + 864e5, max: LATEST - 864e5 });
  fc.assert(fc.property(moment, fc.integer({ min: -840, max: 840 }), (ms, offset) => {
    const local = formatStamp(ms + offset * 60_000).slice(0, -1);
    const [hours, minutes] = [Math.abs(offset) / 60, Math.abs(offset) % 60].map((part) => Math.floor(part));
    const zone = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
    assertEquals(parseStamp(local + zone), ms);
  }));
});

Deno.test("parseStamp() gives a moment that can be written, or none", () => {
  const nearly = fc.stringMatching(
    /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,5})?(Z|[+-][01][0-9]:[0-5][0-9])$/,
  );
  fc.assert(fc.property(nearly, (text) => {
    const ms = parseStamp(text);
    if (ms !== undefined) assertEquals(parseStamp(formatStamp(ms)), ms);
  }));
});
