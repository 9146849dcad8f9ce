/**
 * Checks that imports point down only: `deno task check` runs it.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";

/** The folders of `src/`, each of which imports only those before it. */
const TIERS = [
  "log",
  "lib",
  "xml",
  "xmpp",
  "wire",
  "config",
  "stream",
  "store",
  "watch",
  "transfer",
  "runtime",
  "plugins",
  "cli",
];

/** A store keeps opaque strings: it knows nothing of the protocol. */
const UNKNOWN_TO_STORE = ["xml", "xmpp", "wire", "stream"];

/** Why a file may not import another, both relative to the root of the project; `undefined` when it may. */
export function objection(importer: string, imported: string): string | undefined {
  if (isTestCode(importer)) return undefined;
  if (isTestCode(imported) && !importer.startsWith("scripts/")) return "what is for tests is imported by tests only";
  if (!imported.startsWith("src/")) return undefined;
  const [, tier = "", part = ""] = importer.split("/");
  const [, otherTier = "", otherPart = "", file] = imported.split("/");
  if (importer === "main.ts") return otherTier === "cli" ? undefined : "main.ts imports src/cli only";
  if (!importer.startsWith("src/")) return undefined;
  if (!TIERS.includes(tier) || !TIERS.includes(otherTier)) return `the tiers of src are ${TIERS.join(", ")}`;
  if (TIERS.indexOf(otherTier) > TIERS.indexOf(tier)) return `src/${tier} comes before src/${otherTier}`;
  if (tier === "store" && UNKNOWN_TO_STORE.includes(otherTier)) return "a store knows nothing of the protocol";
  const isInside = otherTier === "store" && file !== undefined;
  if (isInside && tier === "plugins") return "a plugin does not know which store it has";
  if (isInside && tier !== "store") return "the inside of a store is its own; src/store/mod.ts lists the stores";
  if (isInside && part !== otherPart && importer.split("/").length > 3) return "a store does not know another";
  if (tier !== "plugins") return undefined;
  if (otherTier === "stream") return "a plugin does not know the stream";
  if (otherTier === "store" && otherPart === "mod.ts") return "a plugin does not know which store it has";
  // The list of plugins is the one file that knows them all; an event is what one plugin has to say to others.
  const isOther = otherTier === "plugins" && otherPart !== part && part !== "mod.ts" && file !== "events.ts";
  return isOther ? "a plugin does not know another, but for its events.ts" : undefined;
}

function isTestCode(path: string): boolean {
  return path.startsWith("tests/") || path.endsWith("_test.ts");
}

/** The modules that TypeScript imports, as it names them. */
export function importsOf(source: string): readonly string[] {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => name);
}

async function* sourcesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sourcesIn(join(folder, name));
    else if (name.endsWith(".ts")) yield join(folder, name);
  }
}

async function objections(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of [join(root, "main.ts"), ...await Array.fromAsync(sourcesIn(join(root, "src")))]) {
    const importer = relative(root, path);
    for (const name of importsOf(await Deno.readTextFile(path))) {
      if (!name.startsWith(".")) continue;
      const imported = relative(root, join(dirname(path), name));
      const reason = objection(importer, imported);
      if (reason !== undefined) found.push(`${importer} imports ${imported}: ${reason}`);
    }
  }
  return found.sort();
}

if (import.meta.main) {
  const found = await objections(new URL("..", import.meta.url).pathname);
  for (const line of found) await Deno.stderr.write(new TextEncoder().encode(`${line}\n`));
  if (found.length > 0) Deno.exit(1);
}
