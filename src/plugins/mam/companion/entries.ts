/**
 * Reads the entries that a module inside a server hands over.
 *
 * @module
 */
import { type ArchiveId, parseArchiveId } from "../../../store/id.ts";
import { entry, readStart, type Stamp as WireStamp } from "../../../wire/companion_handover.ts";
import { describeMessage } from "../../../wire/message.ts";
import type { Element } from "../../../xml/element.ts";
import type { Archiving } from "../archiving.ts";
import { REFUSALS } from "../errors.ts";
import type { SkipReason } from "../events.ts";
import type { Incoming } from "../intake.ts";
import { endsOf, textKept } from "../kept.ts";
import { type Owner, ownersOf, type Stamp } from "../owners.ts";

/** The greatest number that is taken. It is due in 2072, and leaves enough for those that are made after it. */
const MOST = 0.75 * Number.MAX_SAFE_INTEGER;

/** Outcome of reading an entry. */
export interface EntryRead {
  readonly incoming: Incoming;
  /** Why nothing of it is kept but its ids. */
  readonly skipped?: SkipReason;
}

/**
 * Reads an entry. A module that has the list of what is conversation has judged it already. Throws `StanzaError`
 * (`bad-request`) when it is malformed.
 */
export function readEntry(
  element: Element,
  host: string,
  archiving: Pick<Archiving, "judge" | "stripped">,
): EntryRead {
  const { at, unjudged, message, ...stamps } = entry.read(element);
  const owners = stampedOwners(host, message, stamps);
  const traits = describeMessage(message);
  const toResource = message.attrs.to?.includes("/") ?? false;
  const verdicts = owners.map(({ direction }) =>
    archiving.judge({ message, traits, direction, toResource }, !unjudged)
  );
  const keepers = owners.filter((_, index) => verdicts[index] === true);
  if (keepers.length === 0) {
    return {
      incoming: passed(at, owners),
      skipped: verdicts.find((verdict) => verdict !== true) ?? "no local account",
    };
  }
  const { stanza, skipped } = textKept(message, keepers, archiving.stripped);
  if (stanza === undefined) return { incoming: passed(at, owners), skipped };
  const others = owners.filter((owner) => !keepers.includes(owner));
  return { incoming: { time: at, stanza, owners: keepers, passed: others } };
}

/** The ids of an entry that is malformed. Throws `StanzaError` (`bad-request`) where it does not say whose they are. */
export function readPassed(element: Element, host: string): Incoming {
  const { message, ...stamps } = readStart(element);
  return passed(0, stampedOwners(host, message, stamps));
}

/** A message of which nothing is kept but its ids: clients have been told them. */
export function passed(time: number, owners: readonly Owner[]): Incoming {
  return { time, stanza: "", owners: [], passed: owners };
}

/** The owners that an entry names, which must be the ends of its message. */
function stampedOwners(
  host: string,
  message: Element,
  { sent, received }: { sent?: WireStamp; received?: WireStamp },
): Owner[] {
  const ends = endsOf(message);
  const owners = ends === undefined ? [] : ownersOf(host, ends.from, ends.to);
  const stamped = owners.flatMap((owner) => {
    const stamp = owner.direction === "outgoing" ? sent : received;
    return stamp === undefined ? [] : [{ ...owner, stamp: readStamp(stamp) }];
  });
  if (stamped.length < [sent, received].filter((stamp) => stamp !== undefined).length) {
    throw REFUSALS.notEnd();
  }
  return stamped;
}

/** Reads the id that a module has made. Throws `StanzaError` (`bad-request`) where it is none. */
export function readArchiveId(text: string): ArchiveId {
  const id = parseArchiveId(text);
  if (id === undefined || id.number > MOST) throw REFUSALS.notId();
  return id;
}

function readStamp({ id, roster }: WireStamp): Stamp {
  return { id: readArchiveId(id), ...roster !== undefined && { inRoster: roster === "contact" } };
}
