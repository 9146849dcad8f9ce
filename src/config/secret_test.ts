import { assertEquals, assertRejects } from "@std/assert";
import { type ConfigSources, loadConfig, type Loaded } from "../runtime/load_config.ts";
import { effectiveConfig } from "./print.ts";
import { ConfigError } from "./problem.ts";

/** Loads a configuration in a folder with the secret file `s`; `says` are lines of `[component]`. */
async function load(
  says: string,
  { file, mode = 0o600, ...given }: Partial<Pick<ConfigSources, "env" | "flags">> & { file?: string; mode?: number } =
    {},
): Promise<Loaded> {
  const folder = await Deno.makeTempDir();
  try {
    if (file !== undefined) await Deno.writeTextFile(`${folder}/s`, file);
    if (file !== undefined) await Deno.chmod(`${folder}/s`, mode);
    const text = `hosts = ["example.org"]\n[component]\ndomain = "archive.example.org"\n${says}`;
    const sources = { file: `${folder}/config.toml`, env: {}, flags: new Map(), plugins: [], text, ...given };
    return await loadConfig({ ...sources, text: `modules_enabled = []\n${text}` });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Error(error.message.replaceAll(folder, "."));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("The secret comes from the strongest source that gives one", async () => {
  const env = { ANNALS_COMPONENT_SECRET: "from the environment" };
  const flags = new Map([["component.secret_file", "s"]]);
  const cases = [
    [await load('secret = "here"'), "here"],
    [await load('secret_file = "s"', { file: "from a file\n" }), "from a file"],
    [await load('secret_file = "s"', { file: " blanks kept \r\n" }), " blanks kept "],
    [await load("", { env }), "from the environment"],
    [await load('secret_file = "nowhere"', { env }), "from the environment"],
    [await load('secret = "here"', { env, flags, file: "from a file" }), "from a file"],
  ] as const;
  for (const [{ config }, secret] of cases) assertEquals(config.component.secret, secret);
});

Deno.test("A secret that is missing, doubled or unreadable is a problem", async () => {
  const cases = [
    [
      () => load(""),
      "./config.toml: component.secret: Missing; expected it here, in the file that component.secret_file " +
      "names, or in ANNALS_COMPONENT_SECRET",
    ],
    [
      () => load('secret = "x"\nsecret_file = "s"'),
      "./config.toml:6: component.secret_file: Found besides component.secret, expected one of them",
    ],
    [
      () => load('secret_file = "s"'),
      './config.toml:5: component.secret_file: Cannot read "./s": There is no such file or folder',
    ],
    [() => load('secret_file = "."'), './config.toml:5: component.secret_file: Cannot read ".": It is a folder'],
    [
      () => load('secret_file = "s"', { file: "\n" }),
      './config.toml:5: component.secret_file: Found nothing in "./s", expected one line',
    ],
    [
      () => load('secret_file = "s"', { file: "a\nb\n" }),
      './config.toml:5: component.secret_file: Found several lines in "./s", expected one line',
    ],
    [
      () => load("secret = 1"),
      "./config.toml:5: component.secret: Found a value of the type number, expected a text that " +
      "is not empty",
    ],
  ] as const;
  for (const [attempt, message] of cases) assertEquals((await assertRejects(attempt, Error)).message, message);
});

Deno.test("A secret file that every user can read is warned of", async () => {
  const { config, warnings } = await load('secret_file = "s"', { file: "x", mode: 0o644 });
  const path = config.component.secret_file;
  assertEquals(warnings.map(({ key, message }) => [key, message]), [
    ["component.secret_file", `Every user of this machine can read "${path}"; chmod o-r keeps it secret`],
  ]);
  assertEquals((await load('secret_file = "s"', { file: "x", mode: 0o640 })).warnings, []);
});

Deno.test("The URL of the database is a secret like the component's, and needed where archives are there", async () => {
  const url = "postgresql://annals:hunter2@127.0.0.1/annals";
  const at = (archive2: string, says: string) =>
    `secret = "s"\n[storage]\narchive2 = "${archive2}"\n[storage.postgresql]\n${says}`;
  const cases = [
    [await load(at("postgresql", `url = "${url}"`)), url],
    [await load(at("postgresql", 'url_file = "s"'), { file: `${url}\n` }), url],
    [await load(at("postgresql", ""), { env: { ANNALS_STORAGE_POSTGRESQL_URL: url } }), url],
    [await load(at("sqlite", "")), undefined],
    [await load(at("sqlite", 'url_file = "s"'), { file: url }), url],
  ] as const;
  for (const [{ config }, found] of cases) {
    assertEquals(config.stores.postgresql?.url, found);
    assertEquals(effectiveConfig(config.settings).includes("hunter2"), false);
  }
  const wrong = [
    [
      () => load(at("postgresql", "")),
      "./config.toml: storage.postgresql.url: Missing; expected it here, in the file that storage.postgresql.url_file " +
      "names, or in ANNALS_STORAGE_POSTGRESQL_URL",
    ],
    [
      () => load(at("sqlite", 'url = "mysql://annals:hunter2@127.0.0.1/annals"')),
      "./config.toml:9: storage.postgresql.url: Found a value of the type string, expected a URL such as " +
      '"postgresql://annals:password@127.0.0.1/annals"',
    ],
    [
      // A `%` begins an octet (RFC 3986 §2.1).
      () => load(at("sqlite", 'url = "postgresql://annals:50%hunter2@127.0.0.1/annals"')),
      "./config.toml:9: storage.postgresql.url: Found a value of the type string, expected a URL such as " +
      '"postgresql://annals:password@127.0.0.1/annals"',
    ],
    // What is in the password of the URL is to be written as %40, %2F and %23 (RFC 3986 §3.2.1), and in UTF-8 (§2.5).
    ...["%E9hunter2", "an@hunter2", "an@h:unter2", "12/hunter2", "12#hunter2"].map((password) =>
      [
        () => load(at("postgresql", 'url_file = "s"'), { file: `postgresql://annals:${password}@127.0.0.1/annals` }),
        './config.toml:9: storage.postgresql.url_file: Found something else in "./s", expected a URL such as ' +
        '"postgresql://annals:password@127.0.0.1/annals"',
      ] as const
    ),
    [
      () => load(at("postgresql", 'url_file = "s"'), { file: "127.0.0.1:hunter2" }),
      './config.toml:9: storage.postgresql.url_file: Found something else in "./s", expected a URL such as ' +
      '"postgresql://annals:password@127.0.0.1/annals"',
    ],
  ] as const;
  for (const [attempt, message] of wrong) assertEquals((await assertRejects(attempt, Error)).message, message);
});

Deno.test("Secrets that are a list can come from the environment, and are not shown", async () => {
  const env = { ANNALS_STORAGE_POSTGRESQL_REPLICA_URLS: '["postgresql://annals:hunter2@one/annals"]' };
  const { config } = await load('secret = "s"', { env });
  assertEquals(config.stores.postgresql?.replica_urls, ["postgresql://annals:hunter2@one/annals"]);
  assertEquals(effectiveConfig(config.settings).includes("hunter2"), false);
});
