import { assertEquals } from "@std/assert";
import type { Answerer, DelegationProbe } from "./delegation_probe.ts";
import { watchDelegations } from "./delegation_watch.ts";
import { Grants } from "./grants.ts";
import { memoryLog } from "../log/log.ts";

/** Watches a host that delegates, whose queries are answered by these in turn; then the stream ends. */
async function watched(
  answerers: readonly Answerer[],
): Promise<{ reason: string | undefined; lost: number; found: Answerer[] }> {
  const grants = new Grants();
  grants.delegate("a.test", ["urn:xmpp:mam:2"]);
  const gone = new AbortController();
  const log = memoryLog();
  const left = [...answerers];
  const found: Answerer[] = [];
  const probe = {
    ask(host: string): Promise<Answerer> {
      assertEquals(host, "a.test");
      const answerer = left.shift() ?? "unknown";
      if (left.length === 0 && answerer !== "another" && answerer !== "nobody") gone.abort();
      return Promise.resolve(answerer);
    },
  } as DelegationProbe;
  // A host that never delegates is not asked, and one that is not proven is asked once: then nothing ends the watch.
  const timer = setTimeout(() => gone.abort(), 100);
  const reason = await watchDelegations({
    component: { grants, probe },
    hosts: ["a.test", "b.test"],
    signal: gone.signal,
    log,
    found: (_host, answerer) => found.push(answerer),
    first: 0,
    interval: 1,
  });
  clearTimeout(timer);
  return { reason, lost: log.events.filter(({ event }) => event === "delegation-lost").length, found };
}

Deno.test("watchDelegations() asks for a delegation again that was seen at work and is gone", async () => {
  assertEquals(await watched(["annals", "annals", "nobody"]), {
    reason: "a delegation was lost",
    lost: 1,
    found: ["annals", "annals", "nobody"],
  });
  assertEquals(await watched(["annals", "another"]), {
    reason: "a delegation was lost",
    lost: 1,
    found: ["annals", "another"],
  });
});

Deno.test("watchDelegations() leaves a stream alone as long as queries come here, or nothing is known", async () => {
  assertEquals(await watched(["annals", "annals", "annals"]), {
    reason: undefined,
    lost: 0,
    found: ["annals", "annals", "annals"],
  });
  assertEquals(await watched(["annals", "unknown", "annals"]), {
    reason: undefined,
    lost: 0,
    found: ["annals", "unknown", "annals"],
  });
});

Deno.test("watchDelegations() concludes nothing where the server does not delegate what Annals asks itself", async () => {
  assertEquals(await watched(["nobody", "nobody"]), { reason: undefined, lost: 0, found: ["nobody"] });
});

Deno.test("watchDelegations() says that another answers from the start, and connects no more for it", async () => {
  assertEquals(await watched(["another", "another"]), { reason: undefined, lost: 1, found: ["another"] });
});
