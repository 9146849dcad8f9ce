/**
 * `annals export`: writes archives to a file that this program, or another, can read.
 *
 * @module
 */
import { archivedDomains } from "../config/config.ts";
import { fileProblem } from "../lib/file_problem.ts";
import { openArchivesToRead } from "../runtime/stores.ts";
import { many } from "../lib/words.ts";
import { exportItems, ownersOf } from "../transfer/export.ts";
import { WRITE } from "../transfer/formats.ts";
import { writeJsonl } from "../transfer/jsonl.ts";
import { EXIT, usageOf } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { type Configured, configuredCommand } from "./configured.ts";
import { ANY_ACCOUNT, flag, oneOf, optional, SWITCH } from "./flag.ts";
import { UsageError } from "./usage_error.ts";
import { refuseLoss } from "./output_file.ts";
import { PrivateFile } from "./private_file.ts";
import { requireKnown } from "./known_account.ts";
import { Progress } from "./progress.ts";
import { OutputError, type System } from "./system.ts";

const FLAGS = {
  user: { ...optional(ANY_ACCOUNT), form: "(--user JID | --all)" },
  all: { ...SWITCH, form: "" },
  format: optional(oneOf(WRITE, [...WRITE.keys()].join(" or "))),
  output: { ...optional(flag("FILE", "a file", (text) => text)), form: "[--output FILE [--force]]" },
  force: { ...SWITCH, form: "" },
  json: SWITCH,
};

/** Characters that are written at once. */
const PIECE = 256 * 1024;

export const exportCommand = configuredCommand({
  summary: "Writes the archives of a user or of all users, with their preferences, also while the service runs",
  example: "annals export --user juliet@example.org --output juliet.jsonl",
  flags: FLAGS,
  run: exportArchives,
});

/** Counts of an export. */
interface Written {
  messages: number;
  preferences: number;
}

async function exportArchives(given: Configured<typeof FLAGS>, system: System): Promise<number> {
  const { config, own: { user, all, format: write = writeJsonl, output: target, force, json }, invocation } = given;
  if (all === (user !== undefined)) {
    throw new UsageError(`Found no choice of users, expected ${usageOf("export", exportCommand)}`);
  }
  if (target !== undefined) {
    await refuseLoss(target, { operation: "export", config, configFile: invocation.file, force });
  }
  await using reader = await openArchivesToRead(config);
  if (user !== undefined) await requireKnown(reader, user);
  await using file = target === undefined ? undefined : await PrivateFile.create(target);
  using progress = new Progress(system);
  const written: Written = { messages: 0, preferences: 0 };
  const owners = user === undefined ? ownersOf(reader, archivedDomains(config)) : [user];
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
  report(written, { system, json, output: target });
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
