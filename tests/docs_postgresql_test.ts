/** The commands of docs/postgresql.md, with a PostgreSQL of their own. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { canBeHad } from "./support/servers/available.ts";
import { PostgresqlServer } from "./support/servers/postgresql.ts";
import { blocksOf } from "./support/documents.ts";
import { layOutService } from "./support/laid_out.ts";
import { Sandbox } from "./support/sandbox.ts";

const PAGE = "docs/postgresql.md";
const PASSWORD = "it is my love";

Deno.test({
  name: "docs/postgresql.md: the database is made, and archives move there",
  ignore: !await canBeHad("PostgreSQL"),
  async fn(): Promise<void> {
    await using server = await PostgresqlServer.launch();
    await using sandbox = await Sandbox.make();
    const env = { PGHOST: server.folder, PGPORT: String(server.port), PGUSER: "postgres" };
    // Debian's superuser has this name; that of the test gives up its own, which is the page's.
    await server.query("postgres", "CREATE ROLE postgres SUPERUSER LOGIN");
    await sandbox.run(`psql -qd postgres -c "ALTER ROLE annals RENAME TO bootstrap"`, { env });
    const [make, move] = blocksOf(PAGE).filter(({ kind }) => kind === "postgresql");
    const { code, said } = await sandbox.run(make?.text ?? "", { env, input: `${PASSWORD}\n${PASSWORD}\n` });
    assertEquals(code, 0, said);

    await layOutService(sandbox, storageOf(PAGE));
    const url = `postgresql://annals:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}/annals`;
    await sandbox.write("/etc/annals/postgresql.url", `${url}\n`);
    const moved = await sandbox.run(move?.text ?? "");
    assertEquals(moved.code, 0, moved.said);
    const { said: shown } = await sandbox.run("cd /etc/annals; annals show --user juliet@example.org --bodies");
    assertStringIncludes(shown, "it is my love!");
  },
});

/** Returns the configuration of a page. */
function storageOf(path: string): string {
  return blocksOf(path).find(({ kind }) => kind === "parse")?.text ?? "";
}
