import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ArchiveStoreError } from "../../error.ts";
import { emptySchema, server } from "../../../../tests/support/store/postgresql.ts";
import { Wire } from "../../../../tests/support/store/wire.ts";
import { locate } from "./hosts.ts";
import { openPostgresqlStore } from "../mod.ts";

Deno.test("locate() takes the servers out of a URL, and nothing else (libpq, Connection URIs)", () => {
  const at = (host: string, port = 5432) => ({ host, port });
  const cases = [
    ["postgresql://a@b/c", [at("b")], "c", "postgresql://a@localhost/c"],
    ["postgresql://a:p@b:7/c?d=1", [at("b", 7)], "c", "postgresql://a:p@localhost/c?d=1"],
    ["postgresql://a@b,c:7/d", [at("b"), at("c", 7)], "d", "postgresql://a@localhost/d"],
    ["postgresql://a@[::1]/c", [at("::1")], "c", "postgresql://a@localhost/c"],
    ["postgresql://a@[fe80::1]:7,b/c", [at("fe80::1", 7), at("b")], "c", "postgresql://a@localhost/c"],
    ["postgresql://a@b/c?ghost=1", [at("b")], "c", "postgresql://a@localhost/c?ghost=1"],
    ["postgresql://a@b/c?host=/run/postgresql", [at("/run/postgresql")], "c", "postgresql://a@localhost/c"],
    ["postgresql://a@b:7/c?host=/run", [at("/run", 7)], "c", "postgresql://a@localhost/c"],
    ["postgresql:///c?host=%2Frun&user=a&port=7", [at("/run", 7)], "c", "postgresql://localhost/c?user=a"],
    ["postgresql://a@%2Frun/c", [at("/run")], "c", "postgresql://a@localhost/c"],
    ["postgresql://a@b/c?host=::1,fe80::1&port=7", [at("::1", 7), at("fe80::1", 7)], "c", "postgresql://a@localhost/c"],
    ["postgresql://a@b,c:d/e", [at("b"), at("c:d")], "e", "postgresql://a@localhost/e"],
    ["postgresql://a:p@b", [at("b")], "a", "postgresql://a:p@localhost/"],
    ["postgresql:///a%20b", [at("localhost")], "a b", "postgresql://localhost/a%20b"],
  ] as const;
  for (const [url, hosts, database, rest] of cases) {
    assertEquals(locate(url), { hosts: [...hosts], database, url: rest }, url);
  }
});

Deno.test("locate() refuses what is no port, of whichever server", () => {
  for (const url of ["postgresql://a@b,c:65536/d", "postgresql://a@b:0/c", "postgresql://a@b/c?port=1,2"]) {
    assertThrows(() => locate(url), ArchiveStoreError, "its port is no number from 1 to 65535");
  }
});

Deno.test("a URL that the driver cannot make use of is refused at once", async () => {
  for (const url of ["postgresql://a:%E9@localhost/b", "postgresql://a@localhost/b?target_session_attrs=none"]) {
    await assertRejects(() => openPostgresqlStore({ url }), Error, url.includes("%") ? "URI" : "target_session_attrs");
  }
});

Deno.test({
  name: "a server of this machine is reached by its socket, without a password",
  ignore: server === undefined,
  async fn(): Promise<void> {
    if (server === undefined) return;
    const database = await server.createDatabase();
    const url = `postgresql://annals@localhost:${server.port}/${database}?host=${server.folder}`;
    await using store = await openPostgresqlStore({ url });
    assertEquals(store.description, `postgresql ${server.folder}:${server.port}/${database}`);
  },
});

Deno.test("a server that has no socket where the URL says is one that does not answer", async () => {
  const opening = openPostgresqlStore({ url: "postgresql://annals@localhost/annals?host=/nowhere" });
  const { message } = await assertRejects(() => opening, ArchiveStoreError);
  const found = "no server has a socket there; start the server, or correct its URL";
  assertEquals(message, `Cannot open the archive "/nowhere/annals": ${found}`);
});

Deno.test({
  name: "a server is reached by an address of IPv6",
  ignore: server === undefined || !hasIpv6(),
  async fn(): Promise<void> {
    if (server === undefined) return;
    using wire = new Wire(server.port, "::1");
    const url = (await emptySchema()).replace(/127\.0\.0\.1:\d+/, `[::1]:${wire.port}`);
    await using store = await openPostgresqlStore({ url });
    assertMatch(store.description, /^postgresql \[::1\]:/);
  },
});

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
