/**
 * Finds the servers, and what looks at the status page and the metrics; installs them with apt where they are missing.
 *
 * @module
 */

/** Debian packages of each server. */
const PACKAGES = {
  Prosody: ["prosody", "prosody-modules", "lua-dbi-sqlite3"],
  ejabberd: ["ejabberd", "erlang-p1-sqlite3"],
  "ejabberd on PostgreSQL": ["ejabberd", "erlang-p1-pgsql"],
  PostgreSQL: ["postgresql", "openssl"],
  Chromium: ["chromium"],
  promtool: ["prometheus"],
  slixmpp: ["python3-slixmpp"],
} as const;

/** Script that Debian's packages ask before they start services (invoke-rc.d(8)); 101 says no. */
const POLICY = "/usr/sbin/policy-rc.d";

/** A server, or the browser, cannot be had here; the message says what to install. */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
}

/**
 * Makes sure that a server is installed.
 *
 * @param say is told, in a line, what takes time
 * @throws {ServerUnavailable} when it is not and cannot be
 */
export async function install(server: keyof typeof PACKAGES, say: (line: string) => void = () => {}): Promise<void> {
  const packages = PACKAGES[server];
  if (await installed(packages)) return;
  const command = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (Deno.uid() !== 0) throw new ServerUnavailable(`${server} is missing. Install it, as root: ${command}`);
  say(`Installing ${packages.join(", ")} …`);
  try {
    await withoutServices(async () => {
      await run(["apt-get", "update"]);
      await run(command.split(" "));
    });
  } catch (cause) {
    throw new ServerUnavailable(`${server} is missing, and "${command}" failed`, { cause });
  }
}

async function installed(packages: readonly string[]): Promise<boolean> {
  try {
    const { success, stdout } = await new Deno.Command("dpkg-query", {
      args: ["--show", "--showformat", "${db:Status-Status}\n", ...packages],
      stderr: "null",
    }).output();
    return success && new TextDecoder().decode(stdout) === "installed\n".repeat(packages.length);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Runs `task` while Debian's packages may not start the services that they install. */
async function withoutServices(task: () => Promise<void>): Promise<void> {
  try {
    await Deno.writeTextFile(POLICY, "#!/bin/sh\nexit 101\n", { createNew: true, mode: 0o755 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await task();
  }
  try {
    await task();
  } finally {
    await Deno.remove(POLICY);
  }
}

async function run([command = "", ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`Cannot run "${command} ${args.join(" ")}": ${new TextDecoder().decode(stderr).trim()}`);
  }
}
