import { assertEquals, assertMatch } from "@std/assert";
import { type LoadedPlugins, loadPlugins } from "./plugin_loader.ts";

const PLACE = { where: "config.toml:2", line: 2, key: "plugin_paths" };

/** Loads the plugins of a folder with these files; messages name the folder `.`. */
async function load(files: Readonly<Record<string, string>>): Promise<LoadedPlugins> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    const { plugins, problems } = await loadPlugins([folder], { taken: ["ping"], place: PLACE });
    return { plugins, problems: problems.map((each) => ({ ...each, where: each.where.replace(folder, ".") })) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadPlugins() loads the modules of a folder, in the order of their names", async () => {
  const { plugins, problems } = await load({
    "b.mjs": `export default { name: "b", summary: "B", start() {} }`,
    "a.js": `export default {
      name: "a", summary: "A", started: [],
      options: { a_limit: { type: "integer", min: 1, default: 3, doc: "How many" } },
      start(context) { this.started.push(context); context.seen = this.started.length; },
    }`,
    "README.md": "not a plugin",
    ".hidden.js": "not a plugin",
  });
  assertEquals(problems, []);
  assertEquals(plugins.map(({ name, summary, options }) => [name, summary, Object.keys(options)]), [
    ["a", "A", ["a_limit"]],
    ["b", "B", []],
  ]);
  assertEquals(plugins[0]?.options.a_limit.parse(5, "/"), 5);
});

Deno.test("A loaded plugin is started as a method of what its module exports", async () => {
  const { plugins } = await load({
    "a.js": `export default { name: "a", summary: "A", word: "hello", start(context) { context.push(this.word); } }`,
  });
  const said: string[] = [];
  // deno-lint-ignore no-explicit-any -- the plugin takes a list for its context
  await plugins[0]?.start(said as any);
  assertEquals(said, ["hello"]);
});

Deno.test("loadPlugins() names each file that is no plugin, and says why", async () => {
  const { plugins, problems } = await load({
    "a.js": "export default {",
    "b.js": "throw new Error('Cannot do without a moon')",
    "c.js": "export const name = 'c'",
    "d.js": `export default { name: "D!", summary: "", start() {} }`,
    "e.js": `export default { name: "e", summary: "E" }`,
    "f.js": `export default { name: "f", summary: "F", options: { limit: { type: "number" } }, start() {} }`,
    "g.js": `export default { name: "ping", summary: "G", start() {} }`,
    "h.js": `export default { name: "h", summary: "H", start() {} }`,
    "i.js": `export default { name: "h", summary: "I", start() {} }`,
  });
  assertEquals(plugins.map(({ name }) => name), ["h"]);
  assertEquals(problems.map(({ where }) => where), [
    "./a.js",
    "./b.js",
    "./c.js",
    "./d.js",
    "./e.js",
    "./f.js",
    "./g.js",
    "./i.js",
  ]);
  const [syntax, ...others] = problems.map(({ message }) => message);
  assertMatch(syntax ?? "", /^Cannot load the plugin: .*SyntaxError: .+$/);
  assertEquals(others, [
    "Cannot load the plugin: Error: Cannot do without a moon",
    "Cannot load the plugin: TypeError: Found no default export, expected one with name, summary, options and start",
    "Cannot load the plugin: TypeError: The plugin's name is not a word of small letters, digits and _",
    "Cannot load the plugin: TypeError: The plugin's start is not a function",
    'Cannot load the plugin: TypeError: The option "limit" of the plugin is not right; caused by TypeError: The type is unknown, ' +
    "there are text, flag, domain, path, period, integer, choice, list, union",
    'Cannot load the plugin: TypeError: Found another plugin of the name "ping"',
    'Cannot load the plugin: TypeError: Found another plugin of the name "h"',
  ]);
});

Deno.test("loadPlugins() says which folder it cannot open", async () => {
  const message = 'Cannot open the folder "/nowhere/plugins": There is no such file or folder';
  assertEquals(await loadPlugins(["/nowhere/plugins"], { taken: [], place: PLACE }), {
    plugins: [],
    problems: [{ ...PLACE, message }],
  });
});
