/**
 * Usage of a process, from Linux' `/proc`.
 *
 * @module
 */

/** Clock ticks a second in `/proc/PID/stat`: USER_HZ, 100 on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Resources that a process has used. */
export interface Usage {
  /** User and system time of all threads, in seconds. */
  readonly cpu: number;
  /** Resident memory, in bytes. */
  readonly memory: number;
}

/** Reads the usage of a running process. Rejects with `NotFound` when it has ended. */
export async function usage(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    Deno.readTextFile(`/proc/${pid}/stat`),
    Deno.readTextFile(`/proc/${pid}/status`),
  ]);
  return { cpu: cpuSeconds(stat), memory: residentBytes(status) };
}

/** Seconds of CPU that a running process has used, and that those have which it had started and which have ended. */
export async function cpuWithEnded(pid: number): Promise<number> {
  return cpuSeconds(await Deno.readTextFile(`/proc/${pid}/stat`), 4);
}

/**
 * proc(5): the 14th and 15th fields, counted behind the name, which may hold blanks and parentheses; the 16th and 17th are of
 * children that have ended.
 */
function cpuSeconds(stat: string, count = 2): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 11 + count);
  return fields.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

function residentBytes(status: string): number {
  const [, kibibytes = "0"] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
  return Number(kibibytes) * 1024;
}
