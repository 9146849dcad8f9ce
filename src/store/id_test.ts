import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createIdGenerator, EPOCH, firstNumberAt, formatArchiveId, parseArchiveId, timeOfNumber } from "./id.ts";

const anyNumber = fc.maxSafeNat();
const anyRandom = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

Deno.test("createIdGenerator() gives the number of the time, and counts within a millisecond", () => {
  const next = createIdGenerator({ newest: 0, clock: () => EPOCH + 5 });
  assertEquals([next().number, next().number, next().number], [5 * 4096, 5 * 4096 + 1, 5 * 4096 + 2]);
  assertEquals(next(EPOCH + 6).number, 6 * 4096);
});

Deno.test("createIdGenerator() runs ahead of a clock that was put back, and above what the store held", () => {
  let now = EPOCH + 1000;
  const next = createIdGenerator({ newest: firstNumberAt(EPOCH + 2000), clock: () => now });
  assertEquals(next().number, firstNumberAt(EPOCH + 2000) + 1);
  now = EPOCH + 3000;
  assertEquals(next().number, firstNumberAt(EPOCH + 3000));
  now = EPOCH - 1;
  assertEquals(next().number, firstNumberAt(EPOCH + 3000) + 1);
});

Deno.test("createIdGenerator() stays above what others give out", () => {
  let others = 0;
  const next = createIdGenerator({ newest: 0, others: () => others, clock: () => EPOCH + 5 });
  assertEquals(next().number, 5 * 4096);
  others = 9 * 4096;
  assertEquals([next().number, next().number], [9 * 4096 + 1, 9 * 4096 + 2]);
});

Deno.test("createIdGenerator() keeps order and never repeats, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e12, max: 3.7e12 }), { minLength: 2 }), anyNumber, (times, newest) => {
      fc.pre(newest < 2 ** 52);
      const next = createIdGenerator({ newest });
      let last = newest;
      for (const time of times) {
        const { number } = next(time);
        assert(number > last && Number.isSafeInteger(number));
        last = number;
      }
    }),
  );
});

Deno.test("createIdGenerator() takes each random half once, across draws", () => {
  let drawn = 0n;
  const next = createIdGenerator({
    newest: 0,
    fill: (halves) => halves.forEach((_, index) => halves[index] = drawn++),
  });
  const randoms = Array.from({ length: 2000 }, () => next().random);
  assertEquals(randoms, Array.from({ length: 2000 }, (_, index) => BigInt(index)));
});

Deno.test("createIdGenerator() draws unpredictable halves by default", () => {
  const next = createIdGenerator({ newest: 0 });
  assertEquals(new Set(Array.from({ length: 2000 }, () => next().random)).size, 2000);
});

Deno.test("createIdGenerator() throws once the numbers are used up", () => {
  const next = createIdGenerator({ newest: Number.MAX_SAFE_INTEGER, clock: () => EPOCH });
  assertThrows(() => next(), RangeError, "past the last number");
});

Deno.test("timeOfNumber() and firstNumberAt() agree on every millisecond", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2e12 }), fc.nat(4095), (millisecond, counter) => {
    const first = firstNumberAt(EPOCH + millisecond);
    assertEquals(timeOfNumber(first + counter), EPOCH + millisecond);
    assertEquals(timeOfNumber(first - 1), EPOCH + millisecond - 1);
  }));
  assertEquals(firstNumberAt(EPOCH + 0.25), firstNumberAt(EPOCH + 1));
});

Deno.test("formatArchiveId() writes 22 characters of base64url in network byte order", () => {
  const table: [number, bigint, string][] = [
    [0, 0n, "AAAAAAAAAAAAAAAAAAAAAA"],
    [1, 1n, "AAAAAAAAAAEAAAAAAAAAAQ"],
    [0x0001020304050607, 0xfffefdfcfbfaf9f8n, "AAECAwQFBgf__v38-_r5-A"],
    [Number.MAX_SAFE_INTEGER, 2n ** 64n - 1n, "AB_________________" + "__w"],
  ];
  for (const [number, random, text] of table) {
    assertEquals(formatArchiveId({ number, random }), text);
    assertEquals(parseArchiveId(text), { number, random });
  }
});

Deno.test("parseArchiveId() reads back what formatArchiveId() writes", () => {
  fc.assert(fc.property(anyNumber, anyRandom, (number, random) => {
    assertEquals(parseArchiveId(formatArchiveId({ number, random })), { number, random });
  }));
});

Deno.test("formatArchiveId() sorts as the numbers do, byte by byte", () => {
  const bytes = (text: string) => atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  fc.assert(fc.property(anyNumber, anyNumber, anyRandom, (a, b, random) => {
    const [left, right] = [
      bytes(formatArchiveId({ number: a, random })),
      bytes(formatArchiveId({ number: b, random })),
    ];
    assertEquals(left < right, a < b);
  }));
});

Deno.test("parseArchiveId() takes nothing else", () => {
  const id = "AAECAwQFBgf__v38-_r5-A";
  const foreign = [
    "",
    id.slice(1),
    `${id}A`,
    `${id}=`,
    `${id}==`,
    ` ${id}`,
    `${id}\n`,
    id.replace("_", "/"),
    id.replace("-", "+"),
    // The last character carries two bits: any other value would be a second spelling of the same id.
    `${id.slice(0, 21)}B`,
    // A number beyond the safe integers.
    "AIAAAAAAAAAAAAAAAAAAAA",
    "____________________w".padStart(22, "_"),
    "1699999999123456",
    "d8a1e3c4-1b2c-4d5e-8f90-a1b2c3d4e5f6",
  ];
  for (const text of foreign) assertEquals(parseArchiveId(text), undefined, JSON.stringify(text));
});

Deno.test("parseArchiveId() has one spelling for each id", () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const almost = fc.string({ unit: fc.constantFrom(...letters), minLength: 22, maxLength: 22 });
  fc.assert(fc.property(fc.oneof(almost, fc.string()), (text) => {
    const id = parseArchiveId(text);
    if (id !== undefined) assertEquals(formatArchiveId(id), text);
  }));
});
