import type { Invocation } from "./arguments.ts";

/** Flags of a command's own, apart from those that are options of the configuration. */
export interface OwnFlags<Name extends string> {
  readonly own: Readonly<Partial<Record<Name, string>>>;
  readonly flags: ReadonlyMap<string, string>;
}

/** Takes a command's own flags out of all that were given. */
export function ownFlags<Name extends string>({ flags }: Invocation, names: readonly Name[]): OwnFlags<Name> {
  const rest = new Map(flags);
  const own: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = rest.get(name);
    if (value !== undefined) own[name] = value;
    rest.delete(name);
  }
  return { own, flags: rest };
}
