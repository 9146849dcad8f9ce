/**
 * Dialogues: what servers say to Annals and what Annals must say back, as text that a protocol author can read.
 *
 * A file opens with its title, a comment. Then come settings (`set KEY = VALUE`, as in `config.toml`) and acts: a line with
 * a word, and below it what is said, one stanza or several.
 *
 * | act | said by | what it is |
 * | --- | --- | --- |
 * | `copy` | server | a message, handed over once as mod_firewall does |
 * | `hop` | server | a stanza, handed over at one hop as mod_service_log does |
 * | `request` | server | a user's request, delegated (XEP-0355) |
 * | `reply` | Annals | the answer that the user gets to it |
 * | `result` | Annals | a message in the name of an account (XEP-0356), as the user gets it |
 * | `marked` | server | the same, delegated by a module inside the server (scripts/prosody/PROTOCOL.md) |
 * | `visitor` | server | the same, to a room, by somebody who may read it |
 * | `moderator` | server | the same, by somebody who may see real JIDs too |
 * | `module` | server | what such a module says in a message |
 * | `told` | Annals | what it is told in a message |
 * | `server` | server | a stanza as it is |
 * | `component` | Annals | a stanza as it is |
 *
 * In what Annals says, `{name}` takes whatever stands there, and is that from then on, also in what the server says next;
 * `...` at the end of an element stands for whatever else it holds.
 *
 * Stage directions are acts of one line:
 *
 * | direction | what happens |
 * | --- | --- |
 * | `given NAME` | first of all, the dialogue `given/NAME.dialogue` |
 * | `host DOMAIN` | from here on another virtual host speaks; at first it is `example.test` |
 * | `version NAMESPACE` | from here on the host speaks this version of XEP-0355 or XEP-0356; at first version 2 of both |
 * | `at STAMP` | it is this time; otherwise time stands still, at first at 2026-11-22T18:00:00Z |
 * | `log EVENT` | Annals logs this; a warning or an error that no dialogue speaks of is a mistake |
 * | `reconnect` | the stream is lost, and there is another |
 * | `restart` | Annals stops, and starts again on the same store |
 *
 * @module
 */

const SAID_BY_SERVER = ["copy", "hop", "request", "marked", "visitor", "moderator", "module", "server"] as const;
const SAID_BY_ANNALS = ["reply", "result", "told", "component"] as const;
const DIRECTIONS = ["host", "version", "at", "log", "reconnect", "restart"] as const;
const KINDS = [...SAID_BY_SERVER, ...SAID_BY_ANNALS, ...DIRECTIONS] as const;

type Kind = typeof KINDS[number];

/** Speaker of an act. */
export type Said = typeof SAID_BY_SERVER[number] | typeof SAID_BY_ANNALS[number];

export interface Act {
  readonly kind: Kind;
  /** Argument of a direction. */
  readonly argument: string;
  /** Stanza of an act, as XML. */
  readonly text: string;
  /** File and line, for those who look for a mistake. */
  readonly where: string;
}

/** A dialogue, read but not played. */
export interface Dialogue {
  /** Its first comment: what it shows. */
  readonly title: string;
  /** TOML, laid over the configuration. */
  readonly settings: string;
  readonly acts: readonly Act[];
}

/**
 * Reads a dialogue and those that it is given; `load` finds their text by name. Throws `SyntaxError`, naming the line,
 * when one is none.
 */
export function readDialogue(name: string, load: (name: string) => string): Dialogue {
  const lines = load(name).split("\n");
  const title = lines.find((line) => line.startsWith("# "))?.slice(2) ?? "";
  const settings: string[] = [];
  const acts: { -readonly [K in keyof Act]: Act[K] }[] = [];
  for (const [index, line] of lines.entries()) {
    const where = `${name}.dialogue:${index + 1}`;
    const [, word = "", argument = ""] = /^(\w+) ?(.*)$/.exec(line) ?? [];
    const act = acts.at(-1);
    if (line === "" || line.startsWith("#")) continue;
    else if (word === "set") settings.push(argument);
    else if (word === "given") acts.push(...readDialogue(`given/${argument}`, load).acts);
    else if (isOneOf(KINDS, word)) acts.push({ kind: word, argument, text: "", where });
    else if (/^[<\s]/.test(line) && act !== undefined && !isOneOf(DIRECTIONS, act.kind)) act.text += `${line}\n`;
    else throw new SyntaxError(`Found what is neither an act nor part of a stanza at ${where}: ${line}`);
  }
  return { title, settings: settings.join("\n"), acts };
}

/** Reports whether Annals speaks in an act. */
export function isSaidByAnnals(kind: Kind): kind is typeof SAID_BY_ANNALS[number] {
  return isOneOf(SAID_BY_ANNALS, kind);
}

function isOneOf<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word);
}
