import { assertEquals } from "@std/assert";
import { readiness } from "./readiness.ts";

/** Findings where a service answers with a status. */
async function found(status: number, text = "ready\n"): Promise<unknown> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(text, { status }),
  );
  const { hostname, port } = server.addr;
  const findings = await readiness({ metrics: { listen: { hostname, port } } });
  return findings.map(({ ok, found }) => [ok, found.replace(`${port}`, "PORT")]);
}

Deno.test("readiness() repeats what the service says of itself", async () => {
  assertEquals(await found(200), [[true, "the service says that it is ready"]]);
  assertEquals(await found(503, "not connected\n"), [[false, "the service is not ready: not connected"]]);
});

Deno.test("readiness() neither passes nor fails what it could not find out", async () => {
  assertEquals(await found(404), [
    [null, "not checked: whether the service is ready: http://127.0.0.1:PORT/readyz answers with 404"],
  ]);
});

Deno.test("readiness() finds nothing where nobody answers", async () => {
  assertEquals(await readiness({ metrics: { listen: undefined } }), []);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  listener.close();
  assertEquals(await readiness({ metrics: { listen: { hostname, port } } }), []);
});
