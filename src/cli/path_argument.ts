import { resolve } from "node:path";
import type { Invocation } from "./arguments.ts";
import { UsageError } from "./usage_error.ts";

/** The file that a command is about, as an absolute path. Throws `UsageError` where none is named. */
export function pathArgument({ words: [name, path] }: Invocation, usage: string): string {
  if (path === undefined) throw new UsageError(`Found no file, expected annals ${name} ${usage}`);
  return resolve(path);
}
