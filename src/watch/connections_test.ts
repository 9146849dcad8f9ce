import { assertEquals, assertMatch } from "@std/assert";
import { memoryLog } from "../log/log.ts";
import { plain, writeResponse } from "./answer.ts";
import { Connections } from "./connections.ts";

const WELL = writeResponse("GET", plain(200, "well"));

function serve(
  listener: Deno.TcpListener,
  log: ReturnType<typeof memoryLog> = memoryLog(),
  times = { head: 60_000, whole: 60_000 },
): Connections {
  return new Connections(listener, {
    times,
    respond: (head) => head === undefined ? writeResponse("GET", plain(400, "bad")) : WELL,
    log,
  });
}

function listen(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

async function connect({ addr }: Deno.TcpListener, text = ""): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: addr.hostname, port: addr.port });
  await connection.write(new TextEncoder().encode(text));
  return connection;
}

/** Reads to the end; returns an empty text also where the connection was reset. */
async function rest(connection: Deno.TcpConn): Promise<string> {
  return await new Response(connection.readable).text().catch(() => "");
}

Deno.test("Connections keep answering while a thousand are half open, and end the oldest of them", async () => {
  const listener = listen();
  await using _connections = serve(listener);
  const waiting: Deno.TcpConn[] = [];
  for (let i = 0; i < 1000; i++) waiting.push(await connect(listener, "GET / HTTP/1.1\r\nHo"));
  const asking = await connect(listener, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertMatch(await rest(asking), /^HTTP\/1\.1 200 OK\r\n/);
  const oldest = waiting.slice(0, 900);
  assertEquals((await Promise.all(oldest.map(rest))).filter((text) => text !== ""), []);
  for (const connection of waiting.slice(900)) connection.close();
});

for (
  const [what, request] of [
    ["is no HTTP", "\x16\x03\x01\x02\r\n\r\n"],
    ["is a head without end", `GET / HTTP/1.1\r\nX: ${"x".repeat(9000)}`],
  ] as const
) {
  Deno.test(`Connections answer 400 to what ${what}`, async () => {
    const listener = listen();
    await using _connections = serve(listener);
    assertMatch(await rest(await connect(listener, request)), /^HTTP\/1\.1 400 Bad Request\r\n/);
  });
}

Deno.test("Connections answer one request each, whatever follows it", async () => {
  const listener = listen();
  await using _connections = serve(listener);
  const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  assertEquals((await rest(await connect(listener, request + request))).split("HTTP/1.1 200").length, 2);
});

Deno.test("Connections say nothing of who is gone before an answer", async () => {
  const listener = listen();
  const log = memoryLog();
  await using _connections = serve(listener, log);
  for (const text of ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"]) (await connect(listener, text)).close();
  assertMatch(await rest(await connect(listener, "GET / HTTP/1.0\r\n\r\n")), / 200 OK/);
  assertEquals(log.events, []);
});

Deno.test("Connections go on after one that could not be accepted, and say so", async () => {
  const listener = listen();
  const log = memoryLog();
  const accept = listener.accept.bind(listener);
  let failures = 3;
  listener.accept = () => failures-- > 0 ? Promise.reject(new Error("Too many open files (os error 24)")) : accept();
  await using _connections = serve(listener, log);
  assertMatch(await rest(await connect(listener, "GET / HTTP/1.0\r\n\r\n")), / 200 OK/);
  assertEquals(log.events.map(({ event, fields }) => [event, fields.failed_so_far]), [
    ["look-refused", 1],
    ["look-refused", 2],
  ]);
});

for (const request of ["", "GET / HTTP/1.1\r\nHost: a\r\n"]) {
  Deno.test(`Connections end who sends no whole head: ${JSON.stringify(request)}`, async () => {
    const listener = listen();
    await using _connections = serve(listener, memoryLog(), { head: 50, whole: 60_000 });
    assertEquals(await rest(await connect(listener, request)), "");
  });
}

Deno.test("Connections end who does not take the response", async () => {
  const listener = listen();
  await using _connections = new Connections(listener, {
    respond: () => new Uint8Array(64 * 1024 * 1024),
    log: memoryLog(),
    times: { head: 60_000, whole: 50 },
  });
  const connection = await connect(listener, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  // Nothing of this is read, so it is taken up to what buffers hold, and refused once the connection has ended.
  const more = new Uint8Array(64 * 1024);
  while (await connection.write(more).then(() => true, () => false));
  connection.close();
});
