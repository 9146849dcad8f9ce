/**
 * Archive ids: the UIDs of XEP-0313 §"IDs".
 *
 * @module
 */

/** An archive id taken apart. */
export interface ArchiveId {
  /** Milliseconds since 2020 × 4096 + a counter: orders the archive, and is its key. */
  readonly number: number;
  /** 64 random bits: what makes the id unpredictable (XEP-0313 §"Message archives"). */
  readonly random: bigint;
}
