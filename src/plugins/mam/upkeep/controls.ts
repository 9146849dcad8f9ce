/**
 * Requests that commands may make of archives while the service runs.
 *
 * @module
 */
import { type Control, ControlError } from "../../../runtime/control/control.ts";
import { Members } from "../../../runtime/control/members.ts";
import type { Adoption, Filter, Preferences, WholeEntry } from "../../../store/archive.ts";

/** Options of a sweep, as the command was told. */
export interface Sweeping {
  /** Seconds that an entry is kept; `Infinity` for ever. */
  readonly expiresAfter: number;
  /** Entries that an archive may hold; `Infinity` where there is no limit. */
  readonly maxMessages: number;
  /** Milliseconds that the sweep may move on; `Infinity` where the clock is trusted. */
  readonly allowance: number;
}

/** Counts of what was removed; absent where all is kept. */
export interface SweptAway {
  readonly removed: number;
  readonly seconds: number;
}

export const sweeping: Control<Sweeping, SweptAway> = {
  name: "sweep",
  read(about): Sweeping {
    const members = new Members(about);
    return {
      expiresAfter: members.bound("expiresAfter"),
      maxMessages: members.bound("maxMessages"),
      allowance: members.bound("allowance"),
    };
  },
};

/** Has the service write down what it has counted so far; the result is false where it could not. */
export const noting: Control<null, boolean> = { name: "note", read: () => null };

/** Options of a purge. */
export interface Purging {
  /** Bare JID. */
  readonly user: string;
  /** Filter of the entries; where it is empty, all of them and the preferences. */
  readonly filter: Pick<Filter, "with" | "resource" | "end">;
}

/** Progress is how many have gone. */
export const purging: Control<Purging, number, number> = {
  name: "purge",
  read(about): Purging {
    const members = new Members(about);
    const filter = members.within("filter");
    return {
      user: members.text("user"),
      filter: {
        ...filter.has("with") && { with: filter.text("with") },
        ...filter.has("resource") && { resource: filter.text("resource") },
        ...filter.has("end") && { end: filter.number("end") },
      },
    };
  },
};

/** A part of an import: entries of an owner, or preferences. */
export type ImportPart =
  | {
    readonly owner: string;
    readonly entries: readonly WholeEntry[];
    /** The id of the last entry of the part before, where that was of the same owner. */
    readonly after?: string;
  }
  | { readonly owner: string; readonly preferences: Preferences };

/** The id of an import that runs. */
export interface ImportRun {
  readonly run: string;
}

/** Lasts as long as an import, and logs what it has added. The first progress says that it takes parts. */
export const importing: Control<ImportRun, null, null> = { name: "import", read: readRun };

/** A part of a running import; the result is how many entries were added, and how many were there. */
export const importingPart: Control<ImportRun & { readonly part: ImportPart }, Adoption> = {
  name: "import part",
  read(about): ImportRun & { part: ImportPart } {
    const members = new Members(about);
    return { run: members.text("run"), part: partIn(members.within("part")) };
  },
};

/** Ends a running import, after its last part. */
export const endingImport: Control<ImportRun, null> = { name: "import end", read: readRun };

function readRun(about: unknown): ImportRun {
  return { run: new Members(about).text("run") };
}

function partIn(members: Members): ImportPart {
  const owner = members.text("owner");
  if (members.has("preferences")) return { owner, preferences: preferencesIn(members.within("preferences")) };
  return {
    owner,
    entries: members.list("entries", (entry) => entryIn(new Members(entry))),
    ...members.has("after") && { after: members.text("after") },
  };
}

function entryIn(members: Members): WholeEntry {
  return {
    id: members.text("id"),
    time: members.number("time"),
    stanza: members.text("stanza"),
    with: members.text("with"),
    resource: members.text("resource"),
  };
}

function preferencesIn(members: Members): Preferences {
  const fallback = members.text("default");
  if (fallback !== "always" && fallback !== "never" && fallback !== "roster") {
    throw new ControlError('Found something else in "default", expected always, never or roster');
  }
  const always = members.texts("always");
  return { default: fallback, always, never: members.texts("never") };
}
