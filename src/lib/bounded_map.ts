/** A map that forgets what was put in first once it holds `size` keys: a cache that cannot grow without bound. */
export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>();
  /** Passes each key once, the oldest first. To look for the first key anew each time is to pass all that went before it. */
  readonly #oldest = this.#map.keys();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#size) return;
    const oldest = this.#oldest.next();
    if (!oldest.done) this.#map.delete(oldest.value);
  }

  /** Keys in the map, the oldest first. */
  keys(): K[] {
    return [...this.#map.keys()];
  }

  delete(key: K): void {
    this.#map.delete(key);
  }

  clear(): void {
    this.#map.clear();
  }
}
