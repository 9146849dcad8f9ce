/** The most memory that a running process was resident with, in bytes (proc(5): `VmHWM`). */
export async function peakMemory(pid: number): Promise<number> {
  const [, kibibytes = "0"] = /^VmHWM:\s*(\d+) kB$/m.exec(await Deno.readTextFile(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}
