/**
 * What commands may ask of the running service.
 *
 * @module
 */

/**
 * A kind of request, declared once and used both to answer it and to ask it. The types of what is asked, of the result and of
 * what is told on the way are tied to it.
 */
export interface Control<Q, R, P = never> {
  /** What the command is called, as a rule. */
  readonly name: string;
  /** Reads what a request is about. Throws `ControlProtocolError` where it is something else. */
  read(about: unknown): Q;
  /** Never present: it ties the types to the token. */
  readonly types?: (about: Q, progress: P) => R;
}

/** What a request brings along. */
export interface Asking<P = never> {
  /** Aborted when the command is gone or wants no more, and when the service stops: what is done in steps ends after one. */
  readonly signal: AbortSignal;
  /** Tells how far it has come; what there is no time to read is left out. */
  progress(progress: P): void;
  /** Takes each part that the command sends until there are no more, and answers it with what `take` gives. Rejects when it is gone. */
  parts(take: (part: unknown) => Promise<unknown>): Promise<void>;
}

export type Answer<Q, R, P = never> = (about: Q, asking: Asking<P>) => R | Promise<R>;

/** One request and its answer, whatever their types. */
type AnyAnswer = (about: unknown, asking: Asking<unknown>) => unknown;

/** What can be asked at the moment. */
export class Controls {
  readonly #answers = new Map<string, AnyAnswer>();

  /** Answers one kind of request; returns what undoes it. Throws when somebody else does already. */
  add<Q, R, P>({ name, read }: Control<Q, R, P>, answer: Answer<Q, R, P>): () => void {
    if (this.#answers.has(name)) throw new Error(`Found two takers of the command "${name}", expected one`);
    this.#answers.set(name, (about, asking) => answer(read(about), asking as Asking<P>));
    return () => this.#answers.delete(name);
  }

  find(name: string): AnyAnswer | undefined {
    return this.#answers.get(name);
  }

  get names(): readonly string[] {
    return [...this.#answers.keys()];
  }
}
