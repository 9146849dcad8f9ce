import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConnectionError } from "./error.ts";
import { dial } from "./socket.ts";

const HOST = "127.0.0.1";

function listen(): Deno.TcpListener & { readonly port: number } {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  return Object.assign(listener, { port: (listener.addr as Deno.NetAddr).port });
}

Deno.test("dial() gives a way to the server and back, until either side hangs up", async () => {
  using listener = listen();
  const [socket, server] = await Promise.all([
    dial({ host: HOST, port: listener.port, tls: false }),
    listener.accept(),
  ]);
  await socket.write(new TextEncoder().encode("ping"));
  const buffer = new Uint8Array(16);
  assertEquals(await server.read(buffer), 4);
  await server.write(buffer.subarray(0, 4));
  assertEquals(await socket.read(buffer), 4);
  server.close();
  assertEquals(await socket.read(buffer), null);
  socket.close();
  socket.close();
});

Deno.test("dial() tells where nobody listens", async () => {
  const listener = listen();
  listener.close();
  const error = await assertRejects(() => dial({ host: HOST, port: listener.port, tls: false }), ConnectionError);
  assertEquals(error.failure, "unreachable");
  assertStringIncludes(error.message, `${HOST}:${listener.port}`);
});

Deno.test("dial() tells that a server does not speak TLS", async () => {
  using listener = listen();
  const served = listener.accept().then(async (server) => {
    await server.write(new TextEncoder().encode("<?xml version='1.0'?>"));
    await server.read(new Uint8Array(1024));
    server.close();
  });
  const dialled = dial({ host: HOST, port: listener.port, tls: true });
  const error = await assertRejects(() => dialled, ConnectionError, "TLS");
  assertEquals(error.failure, "unreachable");
  await served;
});

Deno.test("dial() gives up when it is told to", async () => {
  using listener = listen();
  const stop = new AbortController();
  const dialled = dial({ host: HOST, port: listener.port, tls: true }, stop.signal);
  // The server is there and says nothing: the TLS handshake is under way for ever.
  using _server = await listener.accept();
  stop.abort();
  await assertRejects(() => dialled, ConnectionError);
  await assertRejects(() => dial({ host: HOST, port: listener.port, tls: false }, stop.signal), ConnectionError);
});
