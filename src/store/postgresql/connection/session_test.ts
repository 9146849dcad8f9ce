import { assert, assertEquals, assertRejects } from "@std/assert";
import { server } from "../../../../tests/support/store/postgresql.ts";
import { Session, type Statement } from "./session.ts";

const AUTHENTICATED = [82, 0, 0, 0, 8, 0, 0, 0, 0];
const READY = [90, 0, 0, 0, 5, 73];

Deno.test({
  name: "statements that are asked at once have each the time of one, from the answer to the one ahead",
  ignore: server === undefined,
  async fn(): Promise<void> {
    const { hostname, port, href } = new URL(server?.url() ?? "");
    const session = new Session({ url: href, connections: 1, statementTimeout: 2000 }, { host: hostname, port: +port });
    const slow: Statement = ["SELECT 'slow' AS word, pg_sleep(1)"];
    const [row] = await session.atOnce<{ word: string }>(Array(8).fill(slow));
    assertEquals(row?.word, "slow");
    await session.end();
  },
});

Deno.test("a connection whose other end does not answer any more is given up on this end, whether the other closes it or not", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const access = { url: "postgresql://annals@localhost/annals", connections: 1, statementTimeout: 1 };
  const session = new Session(access, { host: hostname, port });
  const answer = assertRejects(() => session.query("SELECT 1"), Error, "CONNECTION_DESTROYED");
  using connection = await listener.accept();
  await connection.read(new Uint8Array(1024));
  await connection.write(Uint8Array.from([...AUTHENTICATED, ...READY]));
  await answer;
  assert(session.isLost);
  // Until then it takes what it is sent.
  await assertRejects(async () => {
    for (let sent = 0; sent < 1e6; sent++) await connection.write(new Uint8Array(1));
  });
});
