import type { Queries } from "./connection/session.ts";
import type { StoreSize } from "../figures.ts";

/** Facts about all archives together. */
export interface State {
  /** The greatest number that any id ever had. */
  readonly newest: number;
  /** The time by which the last sweep went, in milliseconds since 1970; 0 before the first. */
  readonly swept: number;
  readonly size: StoreSize;
}

/** Looks at every archive once. */
export async function readState(queries: Queries): Promise<State> {
  const [row] = await queries.query<{ newest: number; swept: number; size: number }>(
    `SELECT greatest(newest, (SELECT max(newest) FROM archive)) AS newest, swept,
     pg_database_size(current_database()) AS size FROM state WHERE one`,
  );
  const { newest = 0, swept = 0, size = 0 } = row ?? {};
  return { newest, swept, size: { database: size, log: 0, free: 0 } };
}

/** Milliseconds after which what others may have changed is looked up again. */
const FRESH = 60_000;

/** Facts about all archives together, as far as this process knows. */
export class Watch {
  readonly #queries: Queries;
  #state: State;
  #read = performance.now();
  #reading: Promise<void> = Promise.resolve();

  constructor(queries: Queries, state: State) {
    this.#queries = queries;
    this.#state = state;
  }

  /** The facts that are known; old ones are read again for the next caller. */
  get state(): State {
    const now = performance.now();
    if (now - this.#read > FRESH) {
      this.#read = now;
      // Where this fails, so does everything else, and is told of there.
      this.#reading = readState(this.#queries).then((state) => this.#take(state), () => {});
    }
    return this.#state;
  }

  sawNumber(number: number): void {
    this.#state = { ...this.#state, newest: Math.max(this.#state.newest, number) };
  }

  sawSweep(time: number): void {
    this.#state = { ...this.#state, swept: time };
  }

  /** Resolves when nothing is being looked up. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  #take(state: State): void {
    this.#state = { ...state, newest: Math.max(state.newest, this.#state.newest) };
  }
}
