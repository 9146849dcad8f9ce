import type { Adoption, ArchiveStore, DatumChange, Expired, NewMessage, Preferences, WholeEntry } from "../archive.ts";
import type { Happening } from "../figures.ts";
import { checkDatum, checkMessage, checkStanza, checkWhole } from "../check.ts";
import { firstNumberAt } from "../id.ts";
import { adoptEntries } from "./adopt.ts";
import { append } from "./append.ts";
import { writeChronicle } from "./chronicle.ts";
import { within } from "./criteria.ts";
import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";
import { changeDatum } from "./data.ts";
import { Drop } from "./drop.ts";
import { Expire } from "./expire.ts";
import { forgetEntries, forgetOwner } from "./forget.ts";
import { Lease } from "./lease.ts";
import { Partitions } from "./partitions.ts";
import { expirePositions, trimPositions } from "./positions.ts";
import { writePreferences } from "./preferences.ts";
import { type Opened, PostgresqlReader, type ReadConnections } from "./reader.ts";
import { rewriteEntry } from "./rewrite.ts";
import { Trim } from "./trim.ts";
import { Additions } from "./additions.ts";

/** Connections of a store. */
export interface Connections extends ReadConnections {
  readonly writer: Database;
}

/** Archives in PostgreSQL. What writes is one transaction, or several; reads go through connections of their own. */
export class PostgresqlStore extends PostgresqlReader implements ArchiveStore {
  readonly description: string;
  readonly shared = true;
  readonly #writer: Database;
  readonly #additions: Additions;
  /** Identity of this process for others. */
  readonly #process = crypto.randomUUID();
  readonly #lease: Lease;
  readonly #expire: Expire;
  readonly #trim: Trim;

  constructor({ writer, ...reading }: Connections, opened: Opened) {
    super(reading, opened);
    const { spanNumbers, droppedEntries } = opened.limits;
    const partitions = new Partitions(writer, spanNumbers);
    this.description = `postgresql ${writer.name}`;
    this.#writer = writer;
    this.#additions = new Additions(writer, partitions);
    this.#lease = new Lease(writer);
    this.#expire = new Expire(writer, new Drop(writer, partitions, droppedEntries));
    this.#trim = new Trim(writer);
  }

  async append(batch: readonly NewMessage[]): Promise<number> {
    batch.forEach(checkMessage);
    if (batch.length === 0) return 0;
    const numbers = batch.flatMap(({ entries }) => entries.map(({ id }) => id.number));
    const { kept, newest } = await this.#write("append to", () => (
      this.#additions.run(numbers, () => append(this.#writer, batch, this.#process))
    ));
    this.watch.sawNumber(newest);
    return kept;
  }

  async adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption> {
    entries.forEach(checkWhole);
    if (entries.length === 0) return { added: 0, held: 0 };
    const numbers = entries.map(({ time }) => firstNumberAt(time));
    const { newest, ...adoption } = await this.#write("import into", () => (
      this.#additions.run(numbers, () => (
        this.#writer.transaction((queries) => adoptEntries(queries, archive, { entries, after }))
      ))
    ));
    this.watch.sawNumber(newest);
    return adoption;
  }

  expire(before: number, limit: number): Promise<Expired> {
    return this.#sweep(async () => {
      const { entries, more } = await this.#expire.run(before, limit);
      const positions = await expirePositions(this.#writer, within(firstNumberAt(before)), limit);
      return { entries, more: more || positions === limit };
    });
  }

  trim(keep: number, limit: number): Promise<Expired> {
    return this.#sweep(async () => {
      const { entries, more } = await this.#trim.run(keep, limit);
      return { entries, more: more || await trimPositions(this.#writer, keep, limit) === limit };
    });
  }

  async noteSweep(time: number): Promise<void> {
    await this.#write(
      "sweep",
      () => this.#writer.query("UPDATE state SET swept = greatest(swept, $1) WHERE one", [time]),
    );
    this.watch.sawSweep(time);
  }

  note(happening: Happening): Promise<void> {
    return this.#transaction("write the chronicle of", (queries) => writeChronicle(queries, happening));
  }

  forget(archive: string, ids: readonly string[]): Promise<number> {
    return this.#transaction("delete from", (queries) => forgetEntries(queries, archive, ids));
  }

  async rewrite(archive: string, id: string, stanza: string): Promise<boolean> {
    checkStanza(stanza);
    return await this.#transaction("write to", (queries) => rewriteEntry(queries, archive, { id, stanza }));
  }

  async deleteArchive(archive: string): Promise<number> {
    let entries = 0;
    for (let more = true; more;) {
      const step = await this.#transaction("delete from", (queries) => forgetOwner(queries, archive));
      entries += step.entries;
      more = step.more;
    }
    return entries;
  }

  setPreferences(archive: string, preferences: Preferences): Promise<void> {
    return this.#write("write preferences to", () => writePreferences(this.#writer, archive, preferences));
  }

  async changeDatum(space: string, key: string, change: DatumChange): Promise<boolean> {
    checkDatum(space, key, change);
    return await this.#write("write data to", () => changeDatum(this.#writer, space, key, change));
  }

  /** A step, unless another process sweeps. */
  #sweep(step: () => Promise<Expired>): Promise<Expired> {
    return this.#write("sweep", async () => {
      if (!await this.#lease.take()) return { entries: 0, more: false };
      const expired = await step();
      if (!expired.more) await this.#lease.release();
      return expired;
    });
  }

  #transaction<T>(operation: string, work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#write(operation, () => this.#writer.transaction(work));
  }

  #write<T>(operation: string, work: () => Promise<T>): Promise<T> {
    return this.#writer.attempt(operation, work);
  }
}
