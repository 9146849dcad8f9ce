/**
 * Configurations that are not what they should be: right, or refused with a line for each problem.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { loadConfig } from "../../src/runtime/load_config.ts";
import { effectiveConfig } from "../../src/config/print.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { fuzz } from "../support/fuzz.ts";
import { mutatedText } from "../support/mutation.ts";
import type { Random } from "../support/random.ts";

const SECRET = "Xq7-never-shown-9";

const SHIPPED = Deno.readTextFileSync(new URL("../../config.toml", import.meta.url))
  // Comments are most of it, and nothing can be wrong in them.
  .replaceAll(/^#(?! secret = ).*\n/gm, "")
  .replace(/# secret = .*/, `secret = "${SECRET}"`);

/** Text in place of a value. */
const VALUES: readonly string[] = [
  "0",
  "-1",
  "1.5",
  "inf",
  "1e400",
  "99999999999999999999",
  "true",
  '""',
  '"1 d"',
  '"9999999y"',
  '"__proto__"',
  "[]",
  "[1, 'a', [true]]",
  "{}",
  "{ a = 1 }",
  "2026-11-22",
  "'''\n'''",
  '"\\u0000"',
  '"../../etc"',
];

fuzz("A configuration is right, or refused with a line for each problem; the secret is in none", {
  inputs: 4_000,
  draw(random): { text: string; env: Record<string, string>; flags: ReadonlyMap<string, string> } {
    const lines = SHIPPED.split("\n");
    for (let change = random.integer(0, 3); change > 0; change--) changeLine(lines, random);
    const text = lines.join("\n");
    return {
      text: random.chance(0.3) ? mutatedText(text, random, random.integer(1, 3)) : text,
      env: random.chance(0.2) ? { ANNALS_COMPONENT_PORT: random.pick(VALUES) } : {},
      flags: new Map(
        random.chance(0.2) ? [[random.pick(["log.level", "hosts", "nonsense", ""]), random.pick(VALUES)]] : [],
      ),
    };
  },
  async check({ text, env, flags }): Promise<void> {
    try {
      const { config } = await loadConfig({ file: "annals.toml", text, env, flags, plugins: BUILT_IN });
      assert(!effectiveConfig(config.settings).includes(SECRET));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      assert(error.problems.length > 0);
      assertEquals(error.message.split("\n").filter((line) => line.trim() === ""), []);
      assert(!error.message.includes(SECRET), error.message);
    }
  },
  show: ({ text, env, flags }) => [text, JSON.stringify(env), JSON.stringify([...flags])].join("\n"),
});

/** Changes a line in a way that somebody in a hurry might. */
function changeLine(lines: string[], random: Random): void {
  const index = random.integer(0, lines.length - 1);
  const line = lines[index] ?? "";
  if (line.includes(SECRET)) return;
  const [key = "a"] = line.split(" =");
  random.pick([
    () => lines[index] = `${key} = ${random.pick(VALUES)}`,
    () => lines[index] = `${mutatedText(key, random, 1)}${line.slice(key.length)}`,
    () => lines.splice(index, 0, random.pick(lines)),
    () => lines.splice(index, 1),
    () =>
      lines.splice(index, 0, random.pick(["[component]", "[storage.sqlite]", "[[component]]", "[a.b]", "[", "= 1"])),
  ])();
}
