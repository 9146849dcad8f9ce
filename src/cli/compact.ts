/**
 * `annals compact`: makes the database as small as what it holds allows.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { compacting } from "../runtime/control/compact.ts";
import { openArchivesToChange, toolFor } from "../runtime/stores.ts";
import type { Compacted } from "../store/back_end.ts";
import { bytes } from "../lib/words.ts";
import { configuredCommand } from "./configured.ts";
import { SWITCH } from "./flag.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine } from "./lines.ts";
import { percent, Progress } from "./progress.ts";
import { runningService } from "./service.ts";
import type { System } from "./system.ts";

export const compactCommand = configuredCommand({
  summary: "Gives the room that is free in the database back to the disk",
  example: "annals compact",
  flags: { json: SWITCH },
  async run({ config, own: { json } }, system): Promise<number> {
    using interrupt = new Interrupt(system);
    const { before, after } = await compacted(config, system, interrupt.signal);
    system.out(json ? jsonLine({ before, after }) : `From ${bytes(before)} to ${bytes(after)}\n`);
    return interrupt.conclude();
  },
});

async function compacted(config: Config, system: System, signal: AbortSignal): Promise<Compacted> {
  const { tool } = toolFor(config, "compact");
  using shown = new Progress(system);
  const progress = (share: number): void => shown.show(() => `${percent(share)} done`);
  using service = await runningService(config);
  if (service !== undefined) return await service.ask(compacting, null, { signal, progress });
  await using store = await openArchivesToChange(config);
  return await tool(store, { signal, progress });
}
