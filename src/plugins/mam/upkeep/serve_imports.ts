/**
 * Imports that commands make through the service.
 *
 * @module
 */
import { ControlError } from "../../../runtime/control/control.ts";
import type { Context } from "../../../runtime/plugin.ts";
import type { Adoption } from "../../../store/archive.ts";
import { endingImport, importing, importingPart, type ImportPart } from "./controls.ts";

/** An import that goes on. */
interface Run {
  readonly counts: { messages: number; preferences: number };
  /** Aborted after the last part. */
  readonly ended: AbortController;
}

/** Answers imports part by part with `take`, and logs each import when it ends, fails or its command is gone. */
export function serveImports(context: Context, take: (part: ImportPart) => Promise<Adoption>): void {
  const runs = new Map<string, Run>();

  function find(id: string): Run {
    const run = runs.get(id);
    if (run === undefined) {
      throw new ControlError("Found a part of an import that does not run, expected one that does");
    }
    return run;
  }

  context.control(importing, async ({ run: id }, { signal, progress }) => {
    const run: Run = { counts: { messages: 0, preferences: 0 }, ended: new AbortController() };
    runs.set(id, run);
    progress(null);
    await untilAborted(AbortSignal.any([signal, run.ended.signal]));
    runs.delete(id);
    if (run.ended.signal.aborted) context.log.info("imported", "Archives were imported", run.counts);
    else {context.log.warn(
        "import-cut-off",
        "An import failed or was interrupted; the imported messages stay",
        run.counts,
      );}
    return null;
  });
  context.control(importingPart, async ({ run: id, part }) => {
    const run = find(id);
    const taken = await take(part);
    run.counts["entries" in part ? "messages" : "preferences"] += taken.added;
    return taken;
  });
  context.control(endingImport, ({ run }) => {
    find(run).ended.abort();
    return null;
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
