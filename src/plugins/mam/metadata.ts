/**
 * Answers what the ends of an archive are (XEP-0313 §"Archive metadata").
 *
 * @module
 */
import type { Request } from "../../runtime/plugin.ts";
import type { ArchiveStore } from "../../store/archive.ts";
import type { ArchiveMetadata } from "../../wire/xep0313.ts";
import { requireReader } from "./access.ts";

export interface MetadataOptions {
  readonly store: ArchiveStore;
  /** Waits for what an archive has been sent. */
  settled(archive: string): Promise<boolean>;
}

/** The first and the last message; `undefined` when the archive is empty. */
export async function answerMetadata(
  request: Request,
  archiving: MetadataOptions,
): Promise<ArchiveMetadata | undefined> {
  requireReader(request);
  await archiving.settled(request.to.bare);
  const extent = await archiving.store.extent(request.to.bare);
  if (extent === undefined) return undefined;
  const { first, last } = extent;
  return { start: { id: first.id, stamp: first.time }, end: { id: last.id, stamp: last.time } };
}
