/**
 * Text for pasting into a shell.
 *
 * @module
 */

/** A command that writes a file which only root and a group may read. */
export function writeFile(path: string, text: string, { group }: { group: string }): string {
  return `install -m 640 -g ${group} /dev/stdin ${path} <<'END'\n${text.trimEnd()}\nEND\n`;
}

/** True when only programs of this machine can reach that address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
