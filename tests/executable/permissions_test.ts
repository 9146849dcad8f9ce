import { assertEquals } from "@std/assert";

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");
const GOOD = new URL("../config/good_minimal.toml", import.meta.url).pathname;

/** A plugin, which may do what Annals may do: it tries every door, and prints true for those that stay shut. */
function burglar(remote: string): string {
  return `
  const attempts = {
    run: () => new Deno.Command("true").outputSync(),
    ffi: () => Deno.dlopen("libc.so.6", {}),
    sys: () => Deno.hostname(),
    import: () => import("${remote}"),
    fetch: () => fetch("${remote}"),
    write: () => Deno.writeTextFileSync("written", ""),
  };
  const shut = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      shut[name] = false;
    } catch {
      shut[name] = true;
    }
  }
  console.log("shut " + JSON.stringify(shut));
  export default { name: "burglar", summary: "Takes what it can", options: {}, start() {} };
`;
}

function noteNothing(): void {}

function serveModule(): Response {
  return new Response("export {};", { headers: { "content-type": "text/javascript" } });
}

Deno.test({
  name: "the executable may use files and the network, but start no program, load no library or remote code",
  ignore: ANNALS === undefined,
  async fn(): Promise<void> {
    const cwd = await Deno.makeTempDir();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: noteNothing }, serveModule);
    try {
      await Deno.writeTextFile(`${cwd}/burglar.js`, burglar(`http://127.0.0.1:${server.addr.port}/x.js`));
      const options = { plugin_paths: [cwd], modules_enabled: ["burglar"] };
      const flags = Object.entries(options).map(([key, value]) => `--${key}=${JSON.stringify(value)}`);
      const { stdout } = await new Deno.Command(ANNALS ?? "", { args: ["check", "--config", GOOD, ...flags], cwd })
        .output();
      const [, found = ""] = /^shut (.+)$/m.exec(new TextDecoder().decode(stdout)) ?? [];
      assertEquals(JSON.parse(found), { run: true, ffi: true, sys: true, import: true, fetch: false, write: false });
    } finally {
      await server.shutdown();
      await Deno.remove(cwd, { recursive: true });
    }
  },
});
