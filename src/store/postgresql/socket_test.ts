import { assertEquals } from "@std/assert";
import { server } from "../testing/postgresql.ts";
import { openPostgresqlStore } from "./mod.ts";
import { addressed } from "./socket.ts";

Deno.test("addressed() takes the folder of the socket out of a URL, and nothing else", () => {
  const cases = [
    ["postgresql://a@b/c", { url: "postgresql://a@b/c" }],
    ["postgresql://a@b/c?ghost=1", { url: "postgresql://a@b/c?ghost=1" }],
    ["postgresql://a@b/c?host=/run/postgresql", { url: "postgresql://a@b/c?", host: "/run/postgresql" }],
    ["postgresql:///c?host=%2Frun&user=a", { url: "postgresql:///c?user=a", host: "/run" }],
    ["postgresql://a@b/c?x=1&host=/run&y=2", { url: "postgresql://a@b/c?x=1&y=2", host: "/run" }],
  ] as const;
  for (const [url, found] of cases) assertEquals(addressed(url), found);
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
