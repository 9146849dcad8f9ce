/**
 * The dialogues of `tests/dialogues`: all of them, and what is said in them.
 *
 * @module
 */
import type { Element } from "../../src/xml/element.ts";
import { type Dialogue, isSaidByAnnals, readDialogue } from "./dialogue.ts";
import { playDialogue } from "./dialogue_play.ts";

const FOLDER = new URL("../dialogues/", import.meta.url);

/** All dialogues, by name. */
export function allDialogues(): ReadonlyMap<string, Dialogue> {
  const names = [...Deno.readDirSync(FOLDER)].flatMap(({ name }) => /^(.+)\.dialogue$/.exec(name)?.[1] ?? []).sort();
  const load = (name: string) => Deno.readTextFileSync(new URL(`${name}.dialogue`, FOLDER));
  return new Map(names.map((name) => [name, readDialogue(name, load)]));
}

/** Returns the servers' stanzas of a dialogue, as Annals gets them; values that Annals makes, such as an id, stay a `{name}`. */
export async function saidByServers({ acts, ...rest }: Dialogue): Promise<Element[]> {
  const said: Element[] = [];
  await playDialogue({ ...rest, acts: acts.filter(({ kind }) => !isSaidByAnnals(kind)) }, {
    take: (stanza) => said.push(stanza),
    next: () => Promise.reject(new Error("Annals says nothing here")),
    logged: () => Promise.resolve(),
    at: () => Promise.resolve(),
    reconnect: () => {},
    restart: () => Promise.resolve(),
  });
  return said;
}
