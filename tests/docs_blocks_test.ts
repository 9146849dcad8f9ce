/** The blocks of code in the documentation are run, or checked by what reads them. */
import { companionText } from "../src/cli/companion.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { usageOf } from "../src/cli/command.ts";
import { COMMANDS, run } from "../src/cli/run.ts";
import { FakeSystem } from "./support/fake_system.ts";
import { createLog } from "../src/log/log.ts";
import { BUILT_IN } from "../src/plugins/mod.ts";
import { schemaOf } from "../src/config/schema.ts";
import { BACK_ENDS } from "../src/store/mod.ts";
import { canBeHad } from "./support/servers/available.ts";
import { allBlocks, type Block, page, ROOT, theBlock } from "./support/documents.ts";
import { layOutService } from "./support/laid_out.ts";
import { Sandbox } from "./support/sandbox.ts";

const BLOCKS = await allBlocks();

/** Settings that a configuration needs besides what a page shows. */
const NEEDED = [
  "--hosts",
  '["example.org"]',
  "--component.domain",
  "archive.example.org",
  "--component.secret",
  "secret",
];

const RUN = ["run", "run with systemd", "install"];

for (const [name, blocks] of Map.groupBy(BLOCKS.filter(({ kind = "" }) => RUN.includes(kind)), ({ page }) => page)) {
  Deno.test(`${name}: its commands do what they say, one after the other`, async (t) => {
    await using sandbox = await Sandbox.make();
    if (blocks.some(({ kind }) => kind === "install")) await layOutRelease(sandbox);
    else await layOutService(sandbox);
    for (const block of blocks) {
      await t.step(`line ${block.line}`, async () => {
        const { code, said } = await sandbox.run(forSandbox(block, sandbox));
        assertEquals(code, 0, said);
      });
    }
    await t.step("and leave what the page promises", async () => await PROMISES[name]?.(sandbox));
  });
}

/** Looks at what the commands of a page have left. */
const PROMISES: Readonly<Record<string, (sandbox: Sandbox) => Promise<void>>> = {
  "docs/prosody.md": async (sandbox) => {
    assertEquals(
      await sandbox.read("/usr/local/lib/prosody/modules/mod_annals.lua"),
      await companionText("prosody"),
    );
  },
  "docs/operating.md": async (sandbox) => {
    assertMatch(
      await sandbox.read("/var/backups/archives.xml"),
      /<server-data[^]+juliet[^]+<body>O<[^]+O, it is my love!/,
    );
    const units = ["service", "timer"].map((type) => `${sandbox.folder}/etc/systemd/system/annals-backup.${type}`);
    const { code, said } = await sandbox.run(
      `command -v systemd-analyze || exit 0; systemd-analyze verify ${units.join(" ")}`,
    );
    assertEquals([code, said.replace(/^\/.*\n/, "")], [0, ""]);
    const unit = await sandbox.read("/etc/systemd/system/annals-backup.service");
    const [, command = ""] = /^ExecStart=(.+)$/m.exec(unit) ?? [];
    assertStringIncludes((await sandbox.run(command)).said, "verified");
  },
  "README.md": async (sandbox) => {
    assertMatch(await sandbox.read("/etc/annals/config.toml"), /^secret = "[0-9a-f]{32}"$/m);
  },
};

for (const block of BLOCKS.filter(({ kind }) => kind === "reinstall")) {
  Deno.test(`${block.page}:${block.line}: a service that is installed is upgraded, or goes`, async () => {
    await using sandbox = await Sandbox.make();
    await layOutService(sandbox);
    await layOutRelease(sandbox);
    const { code, said } = await sandbox.run(forSandbox(block, sandbox));
    assertEquals(code, 0, said);
    const isGone = await Deno.stat(`${sandbox.folder}/var/lib/annals`).then(() => false, () => true);
    assertEquals(isGone, block.text.includes("--purge"));
  });
}

/** A release: the installer, and an executable. */
async function layOutRelease(sandbox: Sandbox): Promise<void> {
  await sandbox.write("/work/install.sh", page("scripts/install.sh"));
  await Deno.symlink(new URL("scripts/systemd", ROOT), `${sandbox.folder}/work/systemd`);
  await Deno.copyFile(`${sandbox.folder}/bin/annals`, `${sandbox.folder}/work/annals-linux-x64`);
}

/** An installation goes below the sandbox's folder. */
function forSandbox({ kind, text }: Block, { folder }: Sandbox): string {
  return kind?.endsWith("install") ? text.replaceAll("sh install.sh", `sh install.sh --root ${folder}`) : text;
}

Deno.test("every shell block is shell, and its commands of Annals exist, with their flags", async () => {
  for (const block of BLOCKS.filter(({ language }) => language === "sh")) {
    const place = `${block.page}:${block.line}`;
    const { success, stderr } = await new Deno.Command("sh", { args: ["-n", "-c", block.text] }).output();
    assertEquals(success, true, `${place}: ${new TextDecoder().decode(stderr)}`);
    for (const line of commandsOf(block.text)) assertEquals(unknownIn(line), undefined, `${place}: annals ${line}`);
  }
});

Deno.test("every command of Annals that is named in a sentence exists, with its flags", async () => {
  for (const name of new Set(BLOCKS.map(({ page }) => page))) {
    for (const [, line = ""] of page(name).matchAll(/`(?:sudo (?:-u annals )?)?annals ([a-z][^`…]*)`/g)) {
      assertEquals(unknownIn(line), undefined, `${name}: annals ${line}`);
    }
  }
  await Promise.resolve();
});

Deno.test("every configuration of Annals is right", async (t) => {
  for (const block of BLOCKS.filter(({ kind }) => kind === "parse" || kind === "parse with the plugin")) {
    await t.step(`${block.page}:${block.line}`, async () => {
      await using sandbox = await Sandbox.make();
      await sandbox.write("/etc/annals/config.toml", block.text);
      await sandbox.write("/etc/annals/postgresql.url", "postgresql://annals:password@127.0.0.1/annals\n");
      if (block.kind === "parse with the plugin") {
        await Deno.mkdir(`${sandbox.folder}/etc/annals/plugins`);
        for (const { reason, text } of BLOCKS.filter(({ kind }) => kind === "plugin")) {
          await sandbox.write(`/etc/annals/plugins/${reason}`, text);
        }
      }
      const system = new FakeSystem();
      assertEquals([
        await run(["check", "--config", `${sandbox.folder}/etc/annals/config.toml`, ...NEEDED], system),
        system.errors,
      ], [
        0,
        [],
      ]);
    });
  }
});

Deno.test({
  name: "what Prometheus reads is right",
  ignore: !await canBeHad("promtool"),
  async fn(): Promise<void> {
    await using sandbox = await Sandbox.make();
    await sandbox.write("/work/prometheus.yml", theBlock("docs/monitoring.md", "promtool").text);
    await Deno.mkdir(`${sandbox.folder}/work/annals`);
    await sandbox.write("/work/annals/alerts.yml", page("scripts/monitoring/alerts.yml"));
    const { code, said } = await sandbox.run("promtool check config prometheus.yml");
    assertEquals(code, 0, said);
  },
});

Deno.test("docs/monitoring.md has a line of the log as it is written", () => {
  const { time, level, event, message, ...fields } = JSON.parse(theBlock("docs/monitoring.md", "log").text);
  const lines: string[] = [];
  const log = createLog({
    level: "info",
    format: "json",
    write: (line) => lines.push(line),
    now: () => Date.parse(time),
  });
  assertEquals(level, "info");
  log.info(event, message, fields);
  assertEquals(JSON.parse(lines[0] ?? ""), { time, level, event, message, ...fields });
});

Deno.test("lines of an export have the keys that the page names", async () => {
  for (const line of theBlock("docs/operating.md", "jsonl").text.trim().split("\n")) {
    const keys = Object.keys(JSON.parse(line));
    const entry = ["owner", "id", "time", "with", "stanza"];
    assertEquals(keys, keys.includes("preferences") ? ["owner", "preferences"] : entry);
  }
  await using sandbox = await Sandbox.make();
  await layOutService(sandbox);
  const { said } = await sandbox.run("cd /etc/annals; annals export --all --format jsonl");
  const [entry = "{}"] = said.split("\n").filter((line) => line.startsWith('{"owner"'));
  assertEquals(Object.keys(JSON.parse(entry)), ["owner", "id", "time", "with", "stanza"]);
});

/** Command lines of Annals in a script, without `annals`. */
function commandsOf(script: string): string[] {
  const lines = script.replaceAll(/(^|\s)#.*$/gm, "").split(/[\n|;]|&&/);
  return lines.flatMap((line) => /(?:^|\s|\/)annals ((?!annals )[a-z][^>]*)/.exec(line)?.[1]?.trim() ?? []);
}

/** The first word of a command line that Annals does not know; `undefined` when it knows all. */
function unknownIn(line: string): string | undefined {
  const [name = "", ...words] = line.split(/\s+/);
  const command = COMMANDS.get(name);
  if (command === undefined) return name;
  const { schema } = schemaOf({ plugins: BUILT_IN, stores: BACK_ENDS });
  return words.find((word) => {
    if (!word.startsWith("--")) return false;
    const flag = word.slice(2).replace(/=.*/, "");
    return word !== "--help" && !usageOf("", command).includes(word) && !schema.has(flag);
  });
}
