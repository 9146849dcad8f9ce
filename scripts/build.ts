/**
 * Compiles Annals into one executable, `build/annals`: `deno task build`.
 *
 * `DENO_COMPILE` names another Deno to compile with, where this one cannot download the runtime that it would embed.
 *
 * @module
 */

/** What a running Annals needs; nothing else is granted, and nothing is asked for later. */
const PERMISSIONS = [
  "--no-prompt",
  // The XMPP server, and plugins of the operator's own.
  "--allow-net",
  // The configuration, the archives, and what they name; where these are is known at run time only.
  "--allow-read",
  "--allow-write",
  // Options may come from the environment.
  "--allow-env",
];

const OUTPUT = "build/annals";
const BUILD_INFO = "build/build.json";

async function output(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args: [...args], stderr: "inherit" }).output();
  if (!success) throw new Error(`Cannot run ${command} ${args.join(" ")}`);
  return new TextDecoder().decode(stdout).trim();
}

Deno.chdir(new URL("..", import.meta.url));
await Deno.mkdir("build", { recursive: true });
const commit = await output("git", ["describe", "--always", "--dirty", "--exclude", "*"]);
const date = new Date().toISOString().slice(0, 10);
await Deno.writeTextFile(BUILD_INFO, JSON.stringify({ commit, date }));

const compiler = Deno.env.get("DENO_COMPILE") ?? Deno.execPath();
const args = [...PERMISSIONS, "--include", BUILD_INFO, "--output", OUTPUT, "main.ts"];
// `deno task check` has checked the types, with the TypeScript that Annals is written for.
await output(compiler, ["compile", "--quiet", "--no-check", ...args]);
