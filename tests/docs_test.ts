/** The documentation says what is so: tables, versions, links, and how each block of code is tested. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PERMISSIONS } from "../scripts/build/compile.ts";
import { withCommands } from "../scripts/docs_commands.ts";
import { withRules } from "../scripts/docs_firewall.ts";
import { withOptions } from "../scripts/docs_options.ts";
import { EXIT } from "../src/cli/command.ts";
import { FakeSystem } from "./support/fake_system.ts";
import { run } from "../src/cli/run.ts";
import { CONVERSATION } from "../src/plugins/mam/conversation.ts";
import { V8_FLAGS } from "../src/runtime/v8_flags.ts";
import { VERSION } from "../src/lib/version.ts";
import { allBlocks, blocksOf, page, pages, ROOT } from "./support/documents.ts";

const MANIFEST = JSON.parse(page("deno.json"));

/** Kinds of blocks; those that are not run say why, and plugins their file. */
const KINDS = {
  withReason: ["skip", "syntax", "plugin"],
  without: [
    ...[
      "run",
      "run with systemd",
      "install",
      "reinstall",
      "parse",
      "parse with the plugin",
      "jsonl",
      "promtool",
    ],
    ...["prosody with the module", "prosody standard", "firewall", "ejabberd", "way back", "postgresql", "log"],
  ],
};

Deno.test("docs/options.md has every option as it is declared (deno run -A scripts/docs_options.ts)", () => {
  assertEquals(unaligned(page("docs/options.md")), unaligned(withOptions(page("docs/options.md"))));
});

Deno.test("docs/commands.md has every command as its help has it (deno run -A scripts/docs_commands.ts)", () => {
  assertEquals(unaligned(page("docs/commands.md")), unaligned(withCommands(page("docs/commands.md"))));
});

Deno.test("docs/prosody.md has the rules that `annals setup` prints (deno run -A scripts/docs_firewall.ts)", () => {
  assertEquals(page("docs/prosody.md"), withRules(page("docs/prosody.md")));
});

Deno.test("docs/prosody.md has every option of the module, at its default", () => {
  const [, table = ""] = /^\| option [^]+?\n((?:\| `.+\n)+)/m.exec(page("docs/prosody.md")) ?? [];
  const told = [...table.matchAll(/^\| `(\w+)` +\| (\d*)/gm)].map(([, name, value = ""]) => [name, value]);
  const source = page("scripts/prosody/mod_annals/options.lua").matchAll(
    /get_option_\w+\("(annals_\w+)"(?:, ([\d* ]+))?\)/g,
  );
  const product = (text: string): string =>
    String(text.split("*").reduce((result, factor) => result * Number(factor), 1));
  assertEquals(told, [...source].map(([, name, value]) => [name, value === undefined ? "" : product(value)]));
});

Deno.test("docs/commands.md has every exit code", () => {
  const [line = ""] = /^- The exit code is [^]+?\.$/m.exec(page("docs/commands.md")) ?? [];
  assertEquals((line.match(/\d+/g) ?? []).map(Number), Object.values<number>(EXIT));
});

Deno.test("docs/security.md says what each permission is for, and of no other", () => {
  const [, table = ""] = /^\| permission [^]+?\n((?:\| `.+\n)+)/m.exec(page("docs/security.md")) ?? [];
  const told = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  assertEquals(told.map((name) => `--allow-${name}`), PERMISSIONS.filter((flag) => flag !== "--no-prompt"));
});

Deno.test("CONTRIBUTING.md says what each dependency is for", () => {
  const packages = Object.values<string>(MANIFEST.imports).map((specifier) => /^npm:(.+)@/.exec(specifier)?.[1]);
  const missing = new Set(packages).difference(
    new Set([...page("CONTRIBUTING.md").matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)),
  );
  assertEquals([...missing], []);
});

Deno.test("docs/README.md lists every page, and the README is short", async () => {
  const index = page("docs/README.md");
  for (const path of await pages()) {
    if (path.startsWith("docs/") && path !== "docs/README.md") assertStringIncludes(index, `](${path.slice(5)})`);
  }
  assertEquals(page("README.md").split("\n").length <= 251, true);
});

Deno.test("every link in the documentation leads to a file, and to a heading of it", async () => {
  const broken: string[] = [];
  for (const path of [...await pages(), "scripts/prosody/PROTOCOL.md"]) {
    for (const [, target = ""] of page(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const url = new URL(target, new URL(path, ROOT));
      const anchor = url.hash.slice(1);
      url.hash = "";
      const file = await Deno.stat(url).catch(() => undefined);
      if (file === undefined || (anchor !== "" && !anchorsOf(await Deno.readTextFile(url)).has(anchor))) {
        broken.push(`${path}: ${target}`);
      }
    }
  }
  assertEquals(broken, []);
});

Deno.test("docs/archiving.md has every reason that is counted, and every content that is archived", async () => {
  const told = new Set([...page("docs/archiving.md").matchAll(/`([a-z ]+)`/g)].map(([, reason]) => reason));
  const counted: string[] = [];
  for await (const text of sources(new URL("src/plugins/mam/", ROOT))) {
    for (const [, reason, skipped = ""] of text.matchAll(/tally\.add\("([a-z ]+)"\)|skipped: "([a-z ]+)"/g)) {
      counted.push(reason ?? skipped);
    }
    const [, ofModule = ""] = /MODULE_REASONS = new Set\(\[(.+?)\]\);/s.exec(text) ?? [];
    for (const [, reason = ""] of ofModule.matchAll(/"([a-z ]+)"/g)) counted.push(reason);
  }
  assertEquals([...new Set(counted)].filter((reason) => reason !== "" && reason !== "lost" && !told.has(reason)), []);
  const contents = [...page("docs/archiving.md").matchAll(/^\| (\w+) +\| (?!meaning)/gm)].map(([, content]) => content);
  assertEquals(new Set(contents.slice(1)), new Set(CONVERSATION.map((rule) => rule.as)));
});

Deno.test("every file that CONTRIBUTING.md names is there", async () => {
  const missing: string[] = [];
  for (const [, path = ""] of page("CONTRIBUTING.md").matchAll(/`((?:src|scripts|tests|docs)\/[\w./]+)`/g)) {
    if (await Deno.stat(new URL(path, ROOT)).catch(() => undefined) === undefined) missing.push(path);
  }
  assertEquals(missing, []);
});

Deno.test("every event that docs/troubleshooting.md names is logged", async () => {
  const logged = new Set<string>();
  for await (const text of sources()) {
    for (const [, event = ""] of text.matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)) logged.add(event);
  }
  const named = [...page("docs/troubleshooting.md").matchAll(/^\| (?:No )?`([a-z]+(?:-[a-z]+)+)`/gm)].map(([, event]) =>
    event
  );
  assertEquals(named.filter((event = "") => !logged.has(event)), []);
});

Deno.test("every block of code says how it is tested; text that is no code is marked so", async () => {
  const bad: string[] = [];
  for (const { page, line, language, kind, reason } of await allBlocks()) {
    const known = kind !== undefined && (reason === undefined ? KINDS.without : KINDS.withReason).includes(kind);
    if (!known && (kind !== undefined || language !== "text")) {
      bad.push(`${page}:${line}: Found ${kind ?? "no kind"}, expected <!-- test: … --> ahead of it`);
    }
  }
  assertEquals(bad, []);
});

Deno.test("blocksOf() reads blocks, also those of a list, with the comment ahead of each", () => {
  const text = "<!-- test: skip: is long -->\n\n```sh\na\n\n  b\n```\n\n1. One:\n\n   ```toml\n   c = 1\n   ```\n";
  assertEquals(blocksOf("p.md", text), [
    { page: "p.md", line: 3, language: "sh", kind: "skip", reason: "is long", text: "a\n\n  b\n" },
    { page: "p.md", line: 11, language: "toml", kind: undefined, reason: undefined, text: "c = 1\n" },
  ]);
});

Deno.test("figures in the README are those of docs/benchmarks.md", () => {
  const rows = [...page("README.md").matchAll(/^\| Prosody: .+$/gm)].map(([row]) => row.replace(/^\|[^|]+/, ""));
  const figures = rows.flatMap((row) => row.match(/\d[\d,.]+/g) ?? []);
  const measured = page("docs/benchmarks.md");
  assertEquals([figures.length, figures.filter((figure) => !measured.includes(figure))], [12, []]);
});

Deno.test("the picture of the status page is there, and small", async () => {
  assertStringIncludes(page("README.md"), `<img src="docs/images/status.png"`);
  const picture = await Deno.readFile(new URL("docs/images/status.png", ROOT));
  assertEquals([...picture.slice(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  assertEquals(picture.length < 200_000, true);
});

Deno.test("deno.json has the version, and everything else agrees", async () => {
  assertEquals(VERSION, MANIFEST.version);
  const system = new FakeSystem();
  assertEquals(await run(["version"], system), 0);
  assertMatch(system.printed, new RegExp(`^annals ${VERSION.replaceAll(".", "\\.")} \\(`));
  const [newest] = page("CHANGELOG.md").matchAll(/^## \[(\d[^\]]*)\]/gm);
  assertEquals(newest?.[1], VERSION);
});

Deno.test("`deno task start` sets the engine as the executable has it", () => {
  assertEquals(/--v8-flags=(\S+)/.exec(MANIFEST.tasks.start)?.[1], V8_FLAGS);
});

/** The formatter aligns tables, which is no difference. */
function unaligned(markdown: string): string {
  return markdown.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(headings.map((heading) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")));
}

/** Returns the text of every source file of Annals. */
async function* sources(folder: URL = new URL("src/", ROOT)): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) yield* sources(url);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield await Deno.readTextFile(url);
  }
}
