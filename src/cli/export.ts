/**
 * `annals export`: writes archives to a file that this program, or another, can read.
 *
 * @module
 */
import { BUILT_IN } from "../plugins/mod.ts";
import { readConfig } from "../runtime/load_config.ts";
import { fileProblem } from "../lib/file_problem.ts";
import { openArchivesToRead } from "../runtime/stores.ts";
import { many } from "../lib/words.ts";
import { exportItems, ownersOf } from "../transfer/export.ts";
import { WRITE } from "../transfer/formats.ts";
import type { Invocation } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { UsageError } from "./usage_error.ts";
import { refuseLoss } from "./output_file.ts";
import { PrivateFile } from "./private_file.ts";
import { requireKnown } from "./known_account.ts";
import { ownFlags } from "./own_flags.ts";
import { account } from "./own_values.ts";
import { Progress } from "./progress.ts";
import { OutputError, type System } from "./system.ts";

const USAGE = `(--user JID | --all) [--format ${
  [...WRITE.keys()].join("|")
}] [--output FILE [--force]] [--json] [--config FILE]`;

/** Characters that are written at once. */
const PIECE = 256 * 1024;

export const exportCommand: Command = {
  summary: "Writes the archives of a user or of all users, with their preferences, also while the service runs",
  usage: USAGE,
  example: "annals export --user juliet@example.org --output juliet.jsonl",
  takes: "options",
  switches: ["all", "force", "json"],
  run: exportArchives,
};

/** Counts of an export. */
interface Written {
  messages: number;
  preferences: number;
}

/** Names of its own flags. */
const OWN = ["user", "format", "output"] as const;

async function exportArchives(invocation: Invocation, system: System): Promise<number> {
  const { own, flags } = ownFlags(invocation, OWN);
  const all = invocation.switches.has("all");
  if (all === (own.user !== undefined)) {
    throw new UsageError(`Found no choice of users, expected annals export ${USAGE}`);
  }
  const write = WRITE.get(own.format ?? "jsonl");
  if (write === undefined) {
    throw new UsageError(`--format: Found "${own.format}", expected ${[...WRITE.keys()].join(" or ")}`);
  }
  const user = own.user === undefined ? undefined : account(own.user);
  const { config } = await readConfig({ ...invocation, flags, env: system.env, own: OWN, plugins: BUILT_IN });

  if (own.output !== undefined) await refuseLoss(own.output, { operation: "export", config, invocation });
  await using reader = await openArchivesToRead(config);
  if (user !== undefined) await requireKnown(reader, user);
  await using file = own.output === undefined ? undefined : await PrivateFile.create(own.output);
  using progress = new Progress(system);
  const written: Written = { messages: 0, preferences: 0 };
  const owners = user === undefined ? ownersOf(reader, config.hosts) : [user];
  const items = counted(exportItems(reader, owners), written, progress);
  const output = { file, system, told: 0 };
  let piece = "";
  for await (const text of write(items)) {
    piece += text;
    if (piece.length < PIECE) continue;
    await put(piece, output);
    output.told = written.messages;
    piece = "";
  }
  await put(piece, output);
  await file?.complete();
  report(written, { system, json: invocation.switches.has("json"), output: own.output });
  return EXIT.ok;
}

async function* counted<T extends { readonly kind: "entry" | "preferences" }>(
  items: AsyncIterable<T>,
  written: Written,
  progress: Progress,
): AsyncGenerator<T> {
  for await (const item of items) {
    if (item.kind === "entry") written.messages++;
    else written.preferences++;
    progress.show(() => `${written.messages} messages written`);
    yield item;
  }
}

interface Output {
  /** Standard output where there is none. */
  readonly file: PrivateFile | undefined;
  readonly system: System;
  /** Messages that were written so far. */
  told: number;
}

/** Writes all of a text. Throws an error that says how much was written before, where it cannot. */
async function put(text: string, { file, system, told }: Output): Promise<void> {
  const before = `Written before: ${many(told, "message")}`;
  try {
    if (file !== undefined) return await file.write(text);
    if (system.out(text)) return;
  } catch (cause) {
    const left = file === undefined ? before : "No file is left";
    throw new CommandError(
      `Cannot write the export: ${fileProblem(cause instanceof OutputError ? cause.cause : cause)}. ${left}`,
      { cause },
    );
  }
  throw new CommandError(`Cannot write the export: the reader of standard output has ended. ${before}`);
}

/** Reports on an export: on standard error where the archives themselves go to standard output. */
function report(
  written: Written,
  { system, json, output }: { system: System; json: boolean; output: string | undefined },
): void {
  const say = output === undefined ? system.err : system.out;
  if (json) say.call(system, `${JSON.stringify(written)}\n`);
  else say.call(system, `Written: ${written.messages} messages, preferences of ${written.preferences} users\n`);
}
