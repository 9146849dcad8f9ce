import { assertEquals } from "@std/assert";
import { archivePage } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import { onEachServer } from "./stage.ts";

const PAGES = 1_000;
const PAGE_SIZE = 5;

/**
 * XEP-0313 §4: "the server MUST send the <iq/> result after [the] last query result". On ejabberd the two take different
 * processes; two sessions ask at a time, so that these compete.
 */
onEachServer(`over ${PAGES} pages the final iq never overtakes a result`, async (stage) => {
  const alice = await stage.enter("alice");
  for (let i = 0; i < PAGE_SIZE; i++) await alice.send(`<message type='chat'><body>${i}</body></message>`);
  await alice.settle();
  const sessions = [alice, await stage.enter("alice")];
  await Promise.all(sessions.map((session) => page(session, PAGES / sessions.length)));
});

async function page(client: Client, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { messages, complete } = await archivePage(client, { page: { max: PAGE_SIZE } });
    assertEquals({ complete, bodies: messages.map(({ body }) => body) }, {
      complete: true,
      bodies: ["0", "1", "2", "3", "4"],
    });
  }
}
