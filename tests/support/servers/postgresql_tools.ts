/**
 * PostgreSQL's programs, and who runs them.
 *
 * @module
 */

/** Debian's folder of versions. */
const VERSIONS = "/usr/lib/postgresql";

/** The server refuses to be root; Debian makes this user for it. */
const USER = "postgres";

/** Puts in front of a command what has it run by a user that the server accepts. */
export function asServer(command: readonly string[]): string[] {
  if (Deno.uid() !== 0) return [...command];
  return ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--init-groups", ...command];
}

/** The path of a program of the newest version that is installed. */
export function program(name: string): string {
  const versions = Array.from(Deno.readDirSync(VERSIONS), (entry) => Number(entry.name));
  return `${VERSIONS}/${Math.max(...versions)}/bin/${name}`;
}

/** Runs a command as that user, in a folder that is the user's own, and returns what it printed, trimmed. */
export async function run(command: readonly string[], cwd: string): Promise<string> {
  const [first = "", ...args] = asServer(command);
  const { success, stdout, stderr } = await new Deno.Command(first, { args, cwd, stdin: "null" }).output();
  const [printed = "", complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (!success) throw new Error(`Cannot run "${command.join(" ")}": ${complaint}`);
  return printed;
}

/** The processes that a process has started. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && (await statusOf(Number(name))).parent === pid) children.push(Number(name));
  }
  return children;
}

/** Reports whether a process has ended, and released all that it held. */
export async function hasEnded(pid: number): Promise<boolean> {
  return /^[ZX]?$/.test((await statusOf(pid)).state);
}

/** proc(5): what follows the name, which may hold blanks and parentheses; nothing of a process that is gone. */
async function statusOf(pid: number): Promise<{ state: string; parent: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}
