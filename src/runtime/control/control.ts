/**
 * Requests that commands make of the running service.
 *
 * @module
 */

/**
 * A kind of request, declared once and used both to answer it and to ask it. The types of the question, the result and the
 * progress are tied to it.
 */
export interface Control<Q, R, P = never> {
  /** The command's name, as a rule. */
  readonly name: string;
  /** Reads the question. Throws `ControlError` where it is malformed. */
  read(question: unknown): Q;
  /** Never present: it ties the types to the token. */
  readonly types?: (question: Q, progress: P) => R;
}

/** The service's view of a request that is being answered. */
export interface Asking<P = never> {
  /** Aborted when the command is gone or interrupted, and when the service stops: long work ends after its next step. */
  readonly signal: AbortSignal;
  /** Tells the command how far the work has come; left out while the command is slow to read. */
  progress(progress: P): void;
}

export type Answer<Q, R, P = never> = (question: Q, asking: Asking<P>) => R | Promise<R>;

/** A request and its answer, whatever their types. */
export type AnyAnswer = (question: unknown, asking: Asking<unknown>) => unknown;

/** The requests that are answered at the moment. */
export class Controls {
  readonly #answers = new Map<string, AnyAnswer>();

  /** Answers one kind of request; returns its undoing. Throws when that kind is answered already. */
  add<Q, R, P>({ name, read }: Control<Q, R, P>, answer: Answer<Q, R, P>): () => void {
    if (this.#answers.has(name)) throw new Error(`Found two takers of the command "${name}", expected one`);
    this.#answers.set(name, (question, asking) => answer(read(question), asking as Asking<P>));
    return () => this.#answers.delete(name);
  }

  /** Finds the answer by the name of the request. Throws `ControlError` where there is none. */
  find(name: string): AnyAnswer {
    const answer = this.#answers.get(name);
    if (answer === undefined) {
      throw new ControlError(`Found a request that nobody answers, expected one of ${this.names.join(", ")}`);
    }
    return answer;
  }

  get names(): readonly string[] {
    return [...this.#answers.keys()];
  }
}

/** A request that is malformed. Its message quotes nothing, which may be private. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}
