/**
 * The XML declaration (XML 1.0 §2.8).
 *
 * @module
 */
import { XmlError } from "./error.ts";

/** Productions [23] to [26], [32], [80] and [81]. */
const DECLARATION = new RegExp(
  `^<\\?xml
    \\s+version\\s*=\\s*(?:'1\\.[0-9]+'|"1\\.[0-9]+")
    (?:\\s+encoding\\s*=\\s*(?:'(?<single>[A-Za-z][\\w.-]*)'|"(?<double>[A-Za-z][\\w.-]*)"))?
    (?:\\s+standalone\\s*=\\s*(?:'(?:yes|no)'|"(?:yes|no)"))?
    \\s*\\?>$`.replaceAll(/\n\s*/g, ""),
);

/** Accepts what announces XML 1 in UTF-8, the one encoding that RFC 6120 §11.6 allows. Throws `XmlError`. */
export function checkDeclaration(text: string): void {
  if (!/^<\?xml\s/.test(text)) throw new XmlError("restricted-xml", "Found a processing instruction");
  const match = DECLARATION.exec(text);
  if (match === null) throw new XmlError("not-well-formed", "Found an XML declaration that is malformed");
  const encoding = match.groups?.single ?? match.groups?.double ?? "UTF-8";
  if (encoding.toUpperCase() !== "UTF-8") {
    throw new XmlError("unsupported-encoding", "Found an XML declaration of an encoding other than UTF-8");
  }
}
