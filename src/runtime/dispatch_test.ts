import { assertEquals } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import type { Element } from "../xml/element.ts";
import { dispatcher } from "./dispatch.ts";
import { memoryLog } from "../log/log.ts";
import type { PendingRequests } from "./pending.ts";
import type { Requests } from "./requests.ts";
import { Router, type Take } from "./router.ts";

const NS = "urn:example:thing";

/** Dispatches stanzas; says where each went, and what was logged. */
async function dispatch(
  stanzas: readonly string[],
  takers: readonly Take<Element>[] = [],
): Promise<{ went: string[]; logged: string[] }> {
  const went: string[] = [];
  const log = memoryLog();
  const router = new Router();
  const route = { name: "thing", xmlns: NS };
  for (const take of takers) router.take(route, take);
  router.take(route, ({ from, payload }) => void went.push(`taken: ${payload.getText()} of ${from}`));
  const take = dispatcher({
    router,
    requests: { answer: ({ attrs: { id } }) => void went.push(`answered: ${id}`) } as Pick<
      Requests,
      "answer"
    > as Requests,
    pending: {
      settle: ({ attrs: { id } }) => went.push(`settled: ${id}`) > 0,
    } as Pick<PendingRequests, "settle"> as PendingRequests,
    log,
  });
  for (const stanza of stanzas) take(readXml(stanza));
  await Promise.resolve();
  return { went, logged: log.events.map(({ level, event }) => `${level} ${event}`) };
}

const THING = `<thing xmlns="${NS}">1</thing>`;

const ROWS: readonly [stanza: string, went: readonly string[], logged?: readonly string[]][] = [
  [`<iq type="get" id="1" from="a.test"/>`, ["answered: 1"]],
  [`<iq type="set" id="1" from="a.test"/>`, ["answered: 1"]],
  [`<iq type="result" id="1" from="a.test"/>`, ["settled: 1"]],
  [`<iq type="error" id="1" from="a.test"/>`, ["settled: 1"]],
  [`<message from="a.test">${THING}</message>`, ["taken: 1 of a.test"]],
  [`<message from="a.test">${THING}<body/>${THING}</message>`, ["taken: 1 of a.test", "taken: 1 of a.test"]],
  [`<message from="a.test"><body>Hi</body></message>`, []],
  [`<message from="a.test" type="error">${THING}<error type="cancel"/></message>`, [], ["debug message-bounced"]],
  [`<message>${THING}</message>`, [], ["warn stanza-refused"]],
  [`<message from="@a.test">${THING}</message>`, [], ["warn stanza-refused"]],
  [`<presence from="a.test"/>`, []],
];

for (const [stanza, went, logged = []] of ROWS) {
  Deno.test(`dispatcher() takes ${stanza}`, async () => {
    assertEquals(await dispatch([stanza]), { went: [...went], logged: [...logged] });
  });
}

const BROKEN: Record<string, Take<Element>> = {
  "throws": () => {
    throw new Error("broken");
  },
  "rejects": () => Promise.reject(new Error("broken")),
};

for (const [fails, take] of Object.entries(BROKEN)) {
  Deno.test(`dispatcher() logs a hook that ${fails}, once a message, and hands the message to the others`, async () => {
    const message = `<message from="a.test">${THING}</message>`;
    assertEquals(await dispatch([message, message], [take]), {
      went: ["taken: 1 of a.test", "taken: 1 of a.test"],
      logged: ["error message-failed", "error message-failed"],
    });
  });
}

Deno.test("dispatcher() does not let what is refused or fails fill the log: the lines get rarer", async () => {
  const unreadable = Array.from({ length: 1000 }, () => `<message from="@a.test">${THING}</message>`);
  assertEquals((await dispatch(unreadable)).logged.length, 10);
  const failing = Array.from({ length: 1000 }, () => `<message from="a.test">${THING}</message>`);
  assertEquals((await dispatch(failing, [() => Promise.reject(new Error("broken"))])).logged.length, 10);
});
