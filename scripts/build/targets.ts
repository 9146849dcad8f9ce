/**
 * The systems that Annals is built for.
 *
 * @module
 */

/** A system: what the compiler calls it, and how an executable for it begins. */
export interface Target {
  /** As `deno compile --target` takes it. */
  readonly triple: string;
  /** Ending of the file's name. */
  readonly suffix?: string;
  /** The format of its executables, as `formatOf` names it. */
  readonly format: string;
}

/** By the names that users see in the names of the files: `annals-linux-x64`. */
export const TARGETS: ReadonlyMap<string, Target> = new Map<string, Target>([
  ["linux-x64", { triple: "x86_64-unknown-linux-gnu", format: "ELF x64" }],
  ["linux-arm64", { triple: "aarch64-unknown-linux-gnu", format: "ELF arm64" }],
  ["macos-x64", { triple: "x86_64-apple-darwin", format: "Mach-O x64" }],
  ["macos-arm64", { triple: "aarch64-apple-darwin", format: "Mach-O arm64" }],
  ["windows-x64", { triple: "x86_64-pc-windows-msvc", suffix: ".exe", format: "PE x64" }],
]);

const ELF = new Map([[0x3e, "x64"], [0xb7, "arm64"]]);
const MACH_O = new Map([[0x0100_0007, "x64"], [0x0100_000c, "arm64"]]);
const PE = new Map([[0x8664, "x64"], [0xaa64, "arm64"]]);

/**
 * The format of an executable and the processor that it is for, such as `ELF x64`, from its first 4 KiB or less: `e_machine`
 * of elf(5), `cputype` of `mach/machine.h`, `Machine` of the PE format. `undefined` for anything else.
 */
export function formatOf(head: Uint8Array): string | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const has = (length: number): boolean => view.byteLength >= length;
  if (has(0x14) && view.getUint32(0) === 0x7f454c46) return named("ELF", ELF.get(view.getUint16(0x12, true)));
  if (has(8) && view.getUint32(0, true) === 0xfeedfacf) return named("Mach-O", MACH_O.get(view.getUint32(4, true)));
  if (!has(0x40) || view.getUint16(0) !== 0x4d5a) return undefined;
  const header = view.getUint32(0x3c, true);
  if (!has(header + 6) || view.getUint32(header) !== 0x50450000) return undefined;
  return named("PE", PE.get(view.getUint16(header + 4, true)));
}

function named(format: string, processor = "for another processor"): string {
  return `${format} ${processor}`;
}
