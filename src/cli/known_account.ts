import type { ArchiveReader } from "../store/archive.ts";
import { CommandError } from "./command_error.ts";
import { account } from "./own_values.ts";
import { UsageError } from "./usage_error.ts";

/** `--user`: the bare JID of an account of a configured host. Throws `UsageError`. */
export function accountOf(hosts: readonly string[], text: string | undefined): string {
  const user = account(text);
  if (hosts.some((host) => user.endsWith(`@${host}`))) return user;
  throw new UsageError(
    `--user: Found "${text}", expected an account of the hosts of the configuration: ${hosts.join(", ")}`,
  );
}

/** Throws `CommandError` where the archives have nothing of a user: likelier a slip of the pen than an account without a message. */
export async function requireKnown(reader: ArchiveReader, user: string): Promise<void> {
  if (await reader.extent(user) !== undefined) return;
  if (await reader.preferences(user) !== undefined) return;
  if ((await reader.positions(user, 0, 1)).length > 0) return;
  throw new CommandError(`There is nothing of "${user}" in the archives: neither messages nor preferences`);
}
