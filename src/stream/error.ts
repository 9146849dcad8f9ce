/**
 * Why there is no stream.
 *
 * @module
 */

/**
 * Kind of failure:
 * - `unreachable`: nobody listens there, or TLS failed
 * - `refused`: the server knows neither the component nor its secret; trying again helps only once the server was changed
 * - `conflict`: another connection for the same component is there
 * - `lost`: a stream that was in use has ended
 */
export type ConnectionFailure = "unreachable" | "refused" | "conflict" | "lost";

/** A connection that did not come about, or has ended. The message says what an operator may do. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly failure: ConnectionFailure;

  constructor(failure: ConnectionFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
