import { assertEquals, assertMatch } from "@std/assert";
import { installer } from "./build/installer.ts";

const FOLDER = new URL(".", import.meta.url).pathname;

/** An executable that is a script: it prints a version, and the configuration that is shipped. */
function executable(version: string): string {
  return `#!/bin/sh\ncase $1 in version) echo annals ${version} ;; help) cat '${FOLDER}../config.toml' ;; esac\n`;
}

const UNIT = "etc/systemd/system/annals.service";
const BINARY = "usr/local/bin/annals";
const CONFIG = "etc/annals/config.toml";
const ARCHIVE = "var/lib/annals/archive2.sqlite";

const KEPT = ["etc/annals 750", `${CONFIG} 640`, "var/lib/annals 700"];
const INSTALLED = [
  ...KEPT,
  `${UNIT} 644`,
  "etc/sysusers.d/annals.conf 644",
  "etc/tmpfiles.d/annals.conf 644",
  `${BINARY} 755`,
].sort();

/** A folder with a system to install into, and the script: as it is in the source, or as a release has it. */
class Site implements AsyncDisposable {
  private constructor(readonly folder: string, readonly script: string) {}

  static async make(from: "source" | "release"): Promise<Site> {
    const folder = await Deno.makeTempDir({ prefix: "annals-install-" });
    const script = from === "source" ? `${FOLDER}install.sh` : `${folder}/install.sh`;
    if (from === "release") await Deno.writeTextFile(script, await installer());
    return new Site(folder, script);
  }

  path(name: string): string {
    return `${this.folder}/root/${name}`;
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(this.path(name));
  }

  async download(version: string): Promise<string> {
    const file = `${this.folder}/annals-linux-x64`;
    await Deno.writeTextFile(file, executable(version));
    return file;
  }

  async run(...args: readonly string[]): Promise<{ code: number; said: string }> {
    const all = [this.script, "--root", `${this.folder}/root`, ...args];
    const { code, stdout, stderr } = await new Deno.Command("sh", { args: all }).output();
    return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  /** Every file and folder that is Annals', with its mode. */
  async contents(): Promise<readonly string[]> {
    const args = [
      this.path(""),
      "-mindepth",
      "1",
      "(",
      "-type",
      "f",
      "-o",
      "-name",
      "annals*",
      ")",
      "-printf",
      "%P %m\n",
    ];
    const { stdout } = await new Deno.Command("find", { args }).output();
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

for (const from of ["source", "release"] as const) {
  Deno.test(`install.sh of a ${from} installs, upgrades and removes Annals`, async (t) => {
    await using site = await Site.make(from);

    await t.step("it installs what was downloaded, with rights as narrow as they can be", async () => {
      assertEquals((await site.run(await site.download("1.0.0"))).code, 0);
      assertEquals(await site.contents(), INSTALLED);
      assertEquals(await site.read(UNIT), await Deno.readTextFile(`${FOLDER}systemd/annals.service`));
      assertEquals(await site.read(BINARY), executable("1.0.0"));
    });
    await t.step("the configuration has a secret, and the archive where the unit lets it be", async () => {
      const config = await site.read(CONFIG);
      assertMatch(config, /^secret = "[0-9a-f]{32}"$/m);
      assertMatch(config, /^path = "\/var\/lib\/annals\/archive2\.sqlite"$/m);
    });
    await t.step("once more is no change", async () => {
      const before = await site.read(CONFIG);
      assertEquals((await site.run(`${site.folder}/annals-linux-x64`)).code, 0);
      assertEquals(await site.read(CONFIG), before);
      assertEquals(await site.contents(), INSTALLED);
    });
    await t.step(
      "a later version takes the place of the executable, and of nothing that is the operator's",
      async () => {
        await Deno.writeTextFile(site.path(CONFIG), "# mine\n");
        await Deno.writeTextFile(site.path(ARCHIVE), "messages", { mode: 0o600 });
        assertEquals((await site.run(await site.download("1.1.0"))).code, 0);
        assertEquals(await site.read(BINARY), executable("1.1.0"));
        assertEquals(await site.read(CONFIG), "# mine\n");
        assertEquals(await site.read(ARCHIVE), "messages");
      },
    );
    await t.step("--remove keeps the archives and the configuration, and says where", async () => {
      const { code, said } = await site.run("--remove");
      assertEquals(code, 0);
      assertMatch(said, /^Kept the archives in \S+\/var\/lib\/annals and the configuration in \S+\/etc\/annals\n$/);
      assertEquals(await site.contents(), [...KEPT, `${ARCHIVE} 600`].sort());
    });
    await t.step("--remove --purge leaves nothing, and once more is no change", async () => {
      for (let times = 0; times < 2; times++) assertEquals((await site.run("--remove", "--purge")).code, 0);
      assertEquals(await site.contents(), []);
    });
  });
}

const REFUSED: readonly (readonly [args: readonly string[], code: number, said: RegExp])[] = [
  [[], 64, /^Usage: /],
  [["--purge"], 64, /Found --purge, expected --remove with it/],
  [["--remove", "annals"], 64, /Found "annals", expected --remove alone/],
  [["--force"], 64, /Unknown option --force; expected --root, --remove, --purge/],
  [["one", "two"], 64, /Found "two" too, expected one executable/],
  [["--root", ""], 64, /Found no folder, expected --root DIR/],
  [["--root"], 64, /Found no folder, expected --root DIR/],
  [["/nowhere/annals"], 1, /Cannot find the executable "\/nowhere\/annals"/],
];

Deno.test("install.sh changes nothing when it is not told what to do, or cannot do it", async () => {
  await using site = await Site.make("source");
  const broken = `${site.folder}/broken`;
  await Deno.writeTextFile(broken, "#!/bin/sh\nexit 126\n");
  const cannotRun = [[broken], 1, /Cannot run ".+": expected an executable of Annals for this machine/] as const;
  await Deno.mkdir(site.path(""));
  for (const [args, code, said] of [...REFUSED, cannotRun]) {
    const found = await site.run(...args);
    assertEquals(found.code, code, found.said);
    assertMatch(found.said, said);
  }
  assertEquals(await site.contents(), []);
});

/** Checks of these files by programs that are not on every machine; `$UNIT` is the unit. */
const CHECKS: Readonly<Record<string, readonly [program: string, ...args: readonly string[]]>> = {
  "shellcheck finds nothing in install.sh": ["shellcheck", `${FOLDER}install.sh`],
  "systemd can read the unit": ["systemd-analyze", "verify", "--man=no", "$UNIT"],
  "systemd sees little that the unit leaves open, on its scale to 100": [
    ...["systemd-analyze", "security", "--offline=yes", "--threshold=15", "$UNIT"] as const,
  ],
};

for (const [name, [program, ...args]] of Object.entries(CHECKS)) {
  const { success: has } = new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" })
    .outputSync();
  Deno.test({
    name,
    ignore: !has,
    async fn(): Promise<void> {
      const folder = await Deno.makeTempDir();
      try {
        const unit = await Deno.readTextFile(`${FOLDER}systemd/annals.service`);
        await Deno.writeTextFile(`${folder}/annals.service`, unit.replace("/usr/local/bin/annals", "/bin/sh"));
        const given = args.map((arg) => arg.replace("$UNIT", `${folder}/annals.service`));
        const { code, stdout, stderr } = await new Deno.Command(program, { args: given }).output();
        const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
        assertEquals(code, 0, said);
        // What it does not know, systemd passes over, with a line about it.
        assertEquals(/annals\.service:\d+: .*/.exec(said)?.[0], undefined);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
