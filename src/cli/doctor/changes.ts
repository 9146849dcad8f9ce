/** Lets somebody wait until something has become true. */
export class Changes {
  readonly #waiting = new Set<() => void>();

  /** Something may have. */
  tell(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves when it has, or after so many milliseconds. */
  async until(condition: () => boolean, patience: number): Promise<void> {
    const done = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition()) done.resolve();
    };
    const timer = setTimeout(done.resolve, patience);
    this.#waiting.add(look);
    look();
    await done.promise;
    this.#waiting.delete(look);
    clearTimeout(timer);
  }
}
