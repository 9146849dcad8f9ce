/**
 * Errors in XML that was read or is to be written.
 *
 * @module
 */

/** The conditions of RFC 6120 §4.9.3 that say how XML offends. */
export type XmlCondition =
  | "bad-format"
  | "bad-namespace-prefix"
  | "not-well-formed"
  | "policy-violation"
  | "restricted-xml"
  | "unsupported-encoding";

/** XML that must not be. Its message quotes nothing of the text, which may be private. */
export class XmlError extends Error {
  override readonly name = "XmlError";
  readonly condition: XmlCondition;

  constructor(condition: XmlCondition, message: string, options?: ErrorOptions) {
    super(message, options);
    this.condition = condition;
  }
}
