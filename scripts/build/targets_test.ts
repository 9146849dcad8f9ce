import { assertEquals } from "@std/assert";
import { formatOf, TARGETS } from "./targets.ts";

/** Bytes at offsets, in the rest zeros. */
function bytes(length: number, at: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const result = new Uint8Array(length);
  for (const [offset, values] of Object.entries(at)) result.set(values, Number(offset));
  return result;
}

const ELF = [0x7f, 0x45, 0x4c, 0x46];
const MACH_O = [0xcf, 0xfa, 0xed, 0xfe];
const PE = { 0: [0x4d, 0x5a], 0x3c: [0x78], 0x78: [0x50, 0x45] };

const HEADS = [
  [bytes(64, { 0: ELF, 0x12: [0x3e] }), "ELF x64"],
  [bytes(64, { 0: ELF, 0x12: [0xb7] }), "ELF arm64"],
  [bytes(64, { 0: ELF, 0x12: [0xf3] }), "ELF for another processor"],
  [bytes(32, { 0: MACH_O, 4: [0x07, 0, 0, 1] }), "Mach-O x64"],
  [bytes(32, { 0: MACH_O, 4: [0x0c, 0, 0, 1] }), "Mach-O arm64"],
  [bytes(256, { ...PE, 0x7c: [0x64, 0x86] }), "PE x64"],
  [bytes(256, { 0: PE[0], 0x3c: PE[0x3c] }), undefined],
  [bytes(4, { 0: ELF }), undefined],
  [new TextEncoder().encode("#!/bin/sh\nexec annals\n"), undefined],
  [new Uint8Array(0), undefined],
] as const;

Deno.test("formatOf() tells for what system an executable is", () => {
  for (const [head, format] of HEADS) assertEquals(formatOf(head), format);
});

Deno.test("every target has an executable of a format of its own", () => {
  const formats = [...TARGETS.values()].map(({ format }) => format);
  assertEquals(new Set(formats).size, TARGETS.size);
  const known = new Set<string | undefined>(HEADS.map(([, format]) => format));
  assertEquals(formats.filter((format) => !known.has(format)), []);
});
