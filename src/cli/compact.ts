/**
 * `annals compact`: makes the database as small as what it holds allows.
 *
 * @module
 */
import { archivePath } from "../runtime/stores.ts";
import { bytes } from "../runtime/words.ts";
import { compactArchive } from "../store/sqlite/compact.ts";
import { statOf } from "../store/sqlite/files.ts";
import { type Command, EXIT } from "./command.ts";
import { configured } from "./configured.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine } from "./lines.ts";
import { percent, Progress } from "./progress.ts";

export const compact: Command = {
  summary: "Gives the room that is free in the database back to the disk, while the service is stopped",
  usage: "[--json] [--config FILE]",
  example: "annals compact",
  takes: "options",
  switches: ["json"],
  async run(invocation, system): Promise<number> {
    const { config, json } = await configured(invocation, system);
    const path = archivePath(config, "what is free is used again, and VACUUM FULL gives it back");
    using interrupt = new Interrupt(system);
    const before = await sizeOf(path);
    {
      using progress = new Progress(system);
      const shown = (share: number): void => progress.show(() => `${percent(share)} done`);
      await compactArchive(path, { signal: interrupt.signal, progress: shown });
    }
    const after = await sizeOf(path);
    system.out(json ? jsonLine({ before, after }) : `From ${bytes(before)} to ${bytes(after)}\n`);
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.ok;
  },
};

/** 0 where there is nothing; that is told by whoever opens it. */
async function sizeOf(path: string): Promise<number> {
  return (await statOf(path))?.size ?? 0;
}
