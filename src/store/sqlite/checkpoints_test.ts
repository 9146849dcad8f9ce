/** Tests of failures while the log moves into the database; the moving itself is tested with the store. */
import { assertEquals } from "@std/assert";

const PROGRAM = `
import { Checkpoints } from "${new URL("checkpoints.ts", import.meta.url)}";
using checkpoints = new Checkpoints(Deno.args[0], 20_000);
await checkpoints.run();
await checkpoints.run();
console.log("gone on");
`;

Deno.test("A log that cannot be moved is left to the commit, and nothing of it is printed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "annals-checkpoints-" });
  try {
    for (const name of ["program.ts", "archive"]) await Deno.writeTextFile(`${folder}/${name}`, PROGRAM);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", `${folder}/program.ts`, `${folder}/archive`],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals([stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)), ["gone on\n", ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
