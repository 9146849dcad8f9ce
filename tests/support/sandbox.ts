/**
 * A place where the commands of the documentation run as they are written: the paths of a system lead into a folder, and
 * what would change the system is a script that does nothing.
 *
 * @module
 */
import { ROOT } from "./documents.ts";

/** Paths of the system, each of which becomes a folder in the sandbox. */
const FOLDERS = ["/etc", "/var/lib", "/var/backups", "/usr/local/lib", "/usr/local/bin"];

/** Commands that stand in for those of the system. `sudo` runs what it is given as whoever runs the test. */
const SCRIPTS = {
  sudo: `if [ "$1" = -u ]; then shift 2; fi; exec "$@"`,
  editor: ":",
  systemctl: ":",
};

/** Options of a script. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Result of a script. */
export interface Ran {
  readonly code: number;
  /** Both streams. */
  readonly said: string;
}

/** A folder with the parts of a system that Annals knows. */
export class Sandbox implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Sandbox> {
    const sandbox = new Sandbox(await Deno.makeTempDir({ prefix: "annals-docs-" }));
    for (const path of [...FOLDERS, "/etc/annals", "/etc/systemd/system", "/var/lib/annals", "/bin", "/work"]) {
      await Deno.mkdir(sandbox.folder + path, { recursive: true });
    }
    for (const [name, script] of Object.entries(SCRIPTS)) {
      await sandbox.write(`/bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
    }
    const executable = Deno.env.get("ANNALS_EXECUTABLE");
    const run = executable ?? `${Deno.execPath()} run -A ${new URL("main.ts", ROOT).pathname}`;
    for (const path of ["/bin/annals", "/usr/local/bin/annals"]) {
      await sandbox.write(path, `#!/bin/sh\nexec ${run} "$@"\n`, 0o755);
    }
    return sandbox;
  }

  /** Writes a file; the path is one of the system's. */
  async write(path: string, text: string, mode = 0o600): Promise<void> {
    await Deno.writeTextFile(this.folder + path, text, { mode });
  }

  /** Leads a path of the system to another folder. */
  async link(path: string, target: string): Promise<void> {
    await Deno.remove(this.folder + path, { recursive: true }).catch(() => {});
    await Deno.symlink(target, this.folder + path);
  }

  read(path: string): Promise<string> {
    return Deno.readTextFile(this.folder + path);
  }

  /** Rewrites paths of the system into those of the sandbox. */
  inside(text: string): string {
    return text.replaceAll(new RegExp(`(?<![\\w.-])(${FOLDERS.join("|")})(?=/)`, "g"), (path) => this.folder + path);
  }

  /** Runs a script with `sh -eu`, in a working directory of its own and without a terminal. `input` is what is typed. */
  async run(script: string, { env = {}, input = "" }: RunOptions = {}): Promise<Ran> {
    const child = new Deno.Command("setsid", {
      args: ["--wait", "sh", "-eu", "-c", this.inside(script)],
      cwd: `${this.folder}/work`,
      env: { PATH: `${this.folder}/bin:${Deno.env.get("PATH")}`, NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const typed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
    const { code, stdout, stderr } = await child.output();
    await typed;
    const decoder = new TextDecoder();
    return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
