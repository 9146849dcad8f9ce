/**
 * Compiles Annals into executables: `deno task build` makes `build/annals` for this machine; `--target linux-x64`, another
 * one, or `all` makes `build/annals-linux-x64` and so on. `build/install.sh` sets it up; `build/SHA256SUMS` has the sums.
 *
 * `DENO_COMPILE` names another Deno to compile with, where this one cannot download the runtime that it would embed.
 * The same commit, built on the same day, makes the same files; `SOURCE_DATE_EPOCH` (seconds) is another time than that of
 * the build.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { createHash } from "node:crypto";
import { companionText } from "../src/cli/companion.ts";
import { sourceCommit } from "../src/lib/version.ts";
import { typesText } from "../src/cli/types.ts";
import { bundle, compile } from "./build/compile.ts";
import { installer } from "./build/installer.ts";
import { TARGETS } from "./build/targets.ts";

const BUNDLE = "build/annals.js";
const BUILD_INFO = "build/build.json";
const COMPANION = "build/mod_annals.lua";
const TYPES = "build/annals.d.ts";

Deno.chdir(new URL("..", import.meta.url));
await Deno.mkdir("build", { recursive: true });
const commit = await sourceCommit();
if (commit === undefined) throw new Error("Cannot tell the commit: expected a checkout, and git");
const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
const date = (epoch === undefined ? new Date() : new Date(Number(epoch) * 1000)).toISOString().slice(0, 10);
await Deno.writeTextFile(BUILD_INFO, JSON.stringify({ commit, date }));
await Deno.writeTextFile(COMPANION, await companionText("prosody"));
await Deno.writeTextFile(TYPES, await typesText());
await bundle("main.ts", BUNDLE);
// Their times go into the executable.
for (const file of [BUNDLE, BUILD_INFO, COMPANION, TYPES]) await Deno.utime(file, new Date(date), new Date(date));

await Deno.writeTextFile("build/install.sh", await installer(), { mode: 0o755 });
const made = ["install.sh"];
const failures: string[] = [];
for (const name of namesOf(parseArgs(Deno.args, { string: ["target"] }).target)) {
  const target = name === undefined ? undefined : TARGETS.get(name);
  const file = name === undefined ? `annals${suffixHere()}` : `annals-${name}${target?.suffix ?? ""}`;
  try {
    await compile({ bundle: BUNDLE, include: [BUILD_INFO, COMPANION, TYPES], output: `build/${file}`, target });
    made.push(file);
    say(`build/${file}`);
  } catch (error) {
    failures.push(file);
    say(`Cannot build ${file}: ${(error as Error).message}`);
  }
}
await Deno.writeTextFile("build/SHA256SUMS", (await Promise.all(made.map(sumOf))).join(""));
if (failures.length > 0) Deno.exit(1);

/** A line as sha256sum(1) checks it. */
async function sumOf(file: string): Promise<string> {
  return `${createHash("sha256").update(await Deno.readFile(`build/${file}`)).digest("hex")}  ${file}\n`;
}

/** Returns the targets that `--target` asks for; `undefined` stands for this machine. */
function namesOf(asked: string | undefined): readonly (string | undefined)[] {
  if (asked === "all") return [...TARGETS.keys()];
  if (asked === undefined || TARGETS.has(asked)) return [asked];
  say(`--target: Found "${asked}", expected all, ${[...TARGETS.keys()].join(", ")}`);
  Deno.exit(64);
}

/** `deno compile` gives executables for Windows this suffix by itself. */
function suffixHere(): string {
  return Deno.build.os === "windows" ? ".exe" : "";
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
