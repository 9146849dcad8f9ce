/**
 * What a process has used, from Linux' `/proc`.
 *
 * @module
 */

/** Clock ticks a second in `/proc/PID/stat`: USER_HZ, 100 on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** What a process has used. */
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

/** proc(5): the 14th and 15th fields, counted behind the name, which may hold blanks and parentheses. */
function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentBytes(status: string): number {
  const [, kibibytes = "0"] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
  return Number(kibibytes) * 1024;
}
