import type { ArchiveReader } from "../store/archive.ts";
import { CommandError } from "./command_error.ts";

/** Throws `CommandError` where the archives have nothing of a user: likelier a slip of the pen than an account without a message. */
export async function requireKnown(reader: ArchiveReader, user: string): Promise<void> {
  if (await reader.extent(user) !== undefined) return;
  if (await reader.preferences(user) !== undefined) return;
  if ((await reader.positions(user, 0, 1)).length > 0) return;
  throw new CommandError(`There is nothing of "${user}" in the archives: neither messages nor preferences`);
}
