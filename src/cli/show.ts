/**
 * `annals show`: an archive in the terminal, the newest messages first to be seen.
 *
 * @module
 */
import { visible } from "../log/log_line.ts";
import { openArchivesToRead } from "../runtime/stores.ts";
import type { ArchiveReader, Entry, Filter, Page } from "../store/archive.ts";
import { contentsOf } from "../plugins/mam/conversation.ts";
import type { Element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import { tryParse } from "../xml/parse.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { ACCOUNT, COUNT, optional, PEER, SWITCH, TIME } from "./flag.ts";
import { jsonLine, jsonStamp, stamp } from "./lines.ts";
import { requireKnown } from "./known_account.ts";
import type { System } from "./system.ts";

/** Messages shown at once, where nobody says. */
const PAGE = 50;

export const show = configuredCommand({
  summary: "Shows a user's archive, without what was said unless --bodies asks for it",
  example: "annals show --user juliet@example.org --with romeo@example.net --after 2026-11-01",
  flags: {
    user: ACCOUNT,
    with: optional(PEER),
    after: optional(TIME),
    before: optional(TIME),
    max: optional(COUNT),
    bodies: SWITCH,
    json: SWITCH,
  },
  async run({ config, own }, system): Promise<number> {
    const { user, max = PAGE, bodies, json } = own;
    const filter = filterOf(own);
    const line = json ? (entry: Entry) => jsonOf(entry, bodies) : (entry: Entry) => textOf(entry, { user, bodies });

    await using reader = await openArchivesToRead(config);
    await requireKnown(reader, user);
    for (let before = "";;) {
      const { entries, complete } = await pageOf(reader, user, { filter, max, before });
      for (const entry of entries) system.out(line(entry));
      before = entries[0]?.id ?? "";
      if (complete || json || !goesOn(system)) break;
    }
    return EXIT.ok;
  },
});

/** Flags that choose messages. */
interface Choice {
  readonly with: Jid | undefined;
  readonly after?: number | undefined;
  readonly before: number | undefined;
}

/** Returns the filter of a choice. `--before` does not include its own time, so that days do not overlap. */
export function filterOf({ with: other, after, before }: Choice): Filter {
  return {
    ...other && { with: other.bare },
    ...other?.resource && { resource: other.resource },
    ...after !== undefined && { start: after },
    ...before !== undefined && { end: before - 1 },
  };
}

async function pageOf(
  reader: ArchiveReader,
  user: string,
  { filter, max, before }: { filter: Filter; max: number; before: string },
): Promise<Page> {
  const page = await reader.page(user, filter, { max, before });
  // What was swept since the page before it is no longer a place to go on from.
  return "unknown" in page ? { entries: [], complete: true } : page;
}

/** On a terminal, asks whether to go on; else one page is all. */
function goesOn(system: System): boolean {
  const answer = system.ask("There are older messages: Enter shows them, q ends ");
  return answer !== undefined && !/^q/i.test(answer);
}

function jsonOf({ id, time, stanza }: Entry, bodies: boolean): string {
  const message = tryParse(stanza);
  const { from, to, type = "normal" } = message?.attrs ?? {};
  return jsonLine({
    id,
    time: jsonStamp(time),
    from,
    to,
    type,
    holds: message && holds(message),
    ...bodies && { stanza },
  });
}

function textOf({ time, stanza }: Entry, { user, bodies }: { user: string; bodies: boolean }): string {
  const message = tryParse(stanza);
  if (message === undefined) return `${stamp(time)}  cannot be read\n`;
  const { from = "", to = user } = message.attrs;
  const sent = from === user || from.startsWith(`${user}/`);
  const said = bodies ? message.getChildText("body") : null;
  const line = `${stamp(time)}  ${sent ? `to ${to}` : `from ${from}`}  ${said ?? `(${holds(message).join(", ")})`}`;
  return `${visible(line)}\n`;
}

/** Kinds of a message's content, without its words. */
function holds(message: Element): string[] {
  const kinds = new Set(contentsOf(message));
  // The body beside an encryption says only that there is one.
  const found = [...kinds.has("encrypted") ? ["encrypted"] : [], ...kinds.difference(new Set(["encrypted"]))];
  const words = found.map((kind) => kind === "body" ? "text" : kind);
  return message.attrs.type === "error" ? ["error", ...words] : words.length > 0 ? words : ["other"];
}
