/**
 * The demo's conversation, and the view of an archive.
 *
 * @module
 */
// @ts-types="../../tests/support/xmpp_client.d.ts"
import { xml } from "@xmpp/client";
import { IndependentClient, type Remembered } from "../../tests/support/independent_client.ts";
import type { Server } from "../../tests/support/servers/server.ts";
import type { Screen } from "./screen.ts";

const PAGE = 3;

/** Lines of the conversation; Carol is not there. */
const LINES = [
  ["alice", "bob", "Art thou not Romeo, and a Montague?"],
  ["bob", "alice", "Neither, fair saint, if either thee dislike."],
  ["alice", "bob", "How camest thou hither, tell me, and wherefore? 🌹👀"],
  ["bob", "alice", "With love's light <wings> did I o'er-perch these *walls* & more"],
  ["alice", "carol", "Nurse! Are you asleep?"],
] as const;

/** Said while Annals is stopped. */
const MEANWHILE = "What says he of our marriage? What of that?";

/**
 * Alice and Bob talk; each line is heard before the next one is said, but for the one to Carol, who is away. Returns the
 * archive ids that what they received carried.
 */
export async function converse(server: Server, screen: Screen): Promise<Record<"alice" | "bob", string[]>> {
  await using alice = await IndependentClient.login(server, "alice", "balcony");
  await using bob = await IndependentClient.login(server, "bob", "orchard");
  const present = { alice, bob };
  const live: Record<"alice" | "bob", string[]> = { alice: [], bob: [] };
  for (const [from, to, body] of LINES) {
    const speaker = present[from];
    await speaker.say(`${to}@${server.host}`, body, ...markup(body));
    const id = to === "carol" ? undefined : await present[to].hear(body);
    if (to === "carol") await speaker.settle();
    screen.tell(`${from} → ${to}: ${body}  (${to === "carol" ? "she is offline" : `received as ${id}`})`);
    if (to !== "carol") live[to].push(id ?? "none");
  }
  return live;
}

/** Alice says one thing more, and Bob hears it; returns the archive id that it carried. */
export async function sayMore(server: Server, screen: Screen): Promise<string | undefined> {
  await using alice = await IndependentClient.login(server, "alice", "balcony");
  await using bob = await IndependentClient.login(server, "bob", "orchard");
  await alice.say(bob.account, MEANWHILE);
  const id = await bob.hear(MEANWHILE);
  screen.tell(`alice → bob: ${MEANWHILE}  (received as ${id})`);
  return id;
}

/** XEP-0071, for the line with emphasis: what is not text is archived too. */
function markup(body: string): Parameters<IndependentClient["say"]>[2][] {
  if (!body.includes("*")) return [];
  const html = xml("p", {}, "With love's light <wings> did I o'er-perch these ", xml("em", {}, "walls"), " & more");
  return [
    xml(
      "html",
      { xmlns: "http://jabber.org/protocol/xhtml-im" },
      xml("body", { xmlns: "http://www.w3.org/1999/xhtml" }, html),
    ),
  ];
}

/** Pages through somebody's archive, over a connection of its own, and returns the archive ids. */
export async function readBack(server: Server, user: string, screen: Screen): Promise<string[]> {
  await using reader = await IndependentClient.login(server, user, "reader");
  const ids: string[] = [];
  for (let after: string | undefined, number = 1;; number++) {
    const { messages, complete, last } = await reader.remember(PAGE, after);
    screen.tell(`The archive of ${reader.account}, page ${number}${complete ? ", the last" : ""}`);
    screen.table([["when", "who", "what", "archive id"], ...messages.map(row)]);
    ids.push(...messages.map(({ id }) => id));
    if (complete || last === undefined) return ids;
    after = last;
  }
}

function row({ id, stamp, from, to, body, payloads }: Remembered): string[] {
  const more = payloads.map((name) => ` + <${name}>`).join("");
  return [stamp.replace("T", " "), `${localpart(from)} → ${localpart(to)}`, `${body}${more}`, id];
}

function localpart(jid: string): string {
  return jid.slice(0, jid.indexOf("@"));
}

/** Returns the number of messages that the demo puts into an archive. */
export function linesOf(user: string): number {
  return LINES.filter(([from, to]) => from === user || to === user).length;
}
