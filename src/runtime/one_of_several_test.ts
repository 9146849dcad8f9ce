import { assertEquals } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { privilegedLinks } from "../../tests/support/links.ts";
import { Grants } from "./grants.ts";
import { Patience, watchAsOneOfSeveral } from "./one_of_several.ts";
import { PendingRequests } from "./pending.ts";

const FORBIDDEN = `<error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
const UNKNOWN = `<error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
const ROSTER = `<query xmlns="jabber:iq:roster"/>`;

/** Watches a server that answers each look as told; says what came of it. */
async function watch(
  told: "both" | "messages" | "nothing",
  answers: readonly string[],
  patience: Patience = new Patience(),
): Promise<{ reason: string | undefined; looks: number; held: number }> {
  const grants = new Grants();
  if (told !== "nothing") {
    grants.privilege("a.test", "urn:xmpp:privilege:1", {
      message: "outgoing",
      ...told === "both" && { roster: "get" },
    });
  }
  const ending = new AbortController();
  let [looks, held] = [0, 0];
  const pending = new PendingRequests(({ attrs: { id, to } }) => {
    const answer = answers[looks++] ?? "";
    if (looks === answers.length) ending.abort();
    const type = answer.startsWith("<error") ? "error" : "result";
    queueMicrotask(() => pending.settle(readXml(`<iq type="${type}" id="${id}" from="${to}">${answer}</iq>`)));
    return Promise.resolve();
  });
  if (answers.length === 0) setTimeout(() => ending.abort());
  const pauses = { first: 0, pause: 0 };
  const reason = await watchAsOneOfSeveral({
    component: { links: privilegedLinks(["a.test"], { grants, pending }) },
    signal: ending.signal,
    patience,
    held: () => held++,
    pauses,
  });
  return { reason, looks, held };
}

Deno.test("watchAsOneOfSeveral() finds that the server has taken back what it granted", async () => {
  assertEquals(await watch("both", [ROSTER, ROSTER, FORBIDDEN]), {
    reason: "a.test has taken back what it granted, as another connection has ended",
    looks: 3,
    held: 2,
  });
});

Deno.test("watchAsOneOfSeveral() finds that another connection was told what the server grants", async () => {
  assertEquals(await watch("nothing", [ROSTER]), {
    reason: "a.test has told another connection what it grants",
    looks: 1,
    held: 0,
  });
});

Deno.test("watchAsOneOfSeveral() leaves a server alone that grants nothing, or of which nothing becomes clear", async () => {
  assertEquals(await watch("nothing", [FORBIDDEN, UNKNOWN]), { reason: undefined, looks: 2, held: 0 });
  assertEquals(await watch("both", [UNKNOWN, ROSTER]), { reason: undefined, looks: 2, held: 1 });
  assertEquals(await watch("messages", []), { reason: undefined, looks: 0, held: 0 });
});

Deno.test("watchAsOneOfSeveral() connects anew where nobody is granted anything, ever more rarely", async () => {
  const patience = new Patience();
  const refusals = new Array<string>(20).fill(FORBIDDEN);
  const anew = { reason: "nobody is granted anything: the server may have forgotten it", held: 0 };
  for (const looks of [3, 6, 12]) assertEquals(await watch("nothing", refusals, patience), { ...anew, looks });
  await watch("both", [ROSTER, ROSTER], patience);
  assertEquals(await watch("nothing", refusals, patience), { ...anew, looks: 3 });
});

Deno.test("watchAsOneOfSeveral() does not count a look at which nothing becomes clear", async () => {
  const answers = [FORBIDDEN, FORBIDDEN, UNKNOWN, FORBIDDEN, FORBIDDEN];
  assertEquals(await watch("nothing", answers), { reason: undefined, looks: 5, held: 0 });
});
