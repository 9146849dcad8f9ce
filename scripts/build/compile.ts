/**
 * From source to executable.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import { V8_FLAGS } from "../../src/runtime/v8_flags.ts";
import { formatOf, type Target } from "./targets.ts";

/** Permissions of a running Annals; nothing else is granted, and nothing is asked for later. The documentation says why. */
export const PERMISSIONS = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
];

/** A file that goes into the executable, and what the executable is. */
export interface Compilation {
  /** The bundle: all of Annals in one module. */
  readonly bundle: string;
  /** Files that are found beside the bundle at run time. */
  readonly include: readonly string[];
  readonly output: string;
  /** The system that it is for; this one, unless it is given. */
  readonly target?: Target | undefined;
}

/**
 * Bundles a program into one module. `deno compile` alone would put every npm package of the lock file into the executable,
 * those of the tests too, and load some hundred modules at each start.
 */
export async function bundle(entry: string, output: string): Promise<void> {
  await deno(Deno.execPath(), ["bundle", "--quiet", "--platform", "deno", "--output", output, entry]);
  // It names packages by where they are on this machine; what is built elsewhere is to be the same.
  const text = await Deno.readTextFile(output);
  await Deno.writeTextFile(output, text.replaceAll(/^\/\/ .+\/registry\.npmjs\.org\//gm, "// npm:"));
}

/** Compiles a bundle. Throws when the compiler fails, or what it made is not for the target. */
export async function compile({ bundle, include, output, target }: Compilation): Promise<void> {
  const args = [
    // `deno task check` has checked the types.
    ...["compile", "--quiet", "--no-check", "--no-config", "--no-lock", "--no-npm"],
    // The cache would be /tmp/deno-compile-annals.cache, which anybody may put there first, with code of his own.
    "--no-code-cache",
    ...manifest.unstable.map((feature) => `--unstable-${feature}`),
    ...PERMISSIONS,
    `--v8-flags=${V8_FLAGS}`,
    ...target === undefined ? [] : ["--target", target.triple],
    ...include.flatMap((file) => ["--include", file]),
    ...["--output", output, bundle],
  ];
  // Where the runtime that is embedded cannot be downloaded, DENORT_BIN is one for this system, and a compiler that takes it.
  const isOther = target !== undefined && target.triple !== Deno.build.target;
  await deno(Deno.env.get("DENO_COMPILE") ?? Deno.execPath(), args, { without: isOther ? ["DENORT_BIN"] : [] });
  if (target === undefined) return;
  const format = formatOf(await head(output));
  if (format !== target.format) {
    throw new Error(`Found ${format ?? "no executable"} in ${output}, expected ${target.format}`);
  }
}

async function deno(command: string, args: readonly string[], { without = [] as string[] } = {}): Promise<void> {
  const env = Deno.env.toObject();
  for (const name of without) delete env[name];
  const { success, stderr } = await new Deno.Command(command, { args: [...args], env, clearEnv: true }).output();
  const said = new TextDecoder().decode(stderr);
  if (success) return;
  const [, missing] = /error sending request for url \(([^)]+)\)/.exec(said) ?? [];
  throw new Error(missing === undefined ? `Cannot ${args[0]}: ${said}` : `Cannot download ${missing}`);
}

async function head(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(4096);
  return buffer.subarray(0, await file.read(buffer) ?? 0);
}
