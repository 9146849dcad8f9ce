/**
 * The spelling of a server's address on which every version of the rules agrees.
 *
 * ejabberd writes an address as its user typed it: `Alice@…` after a login as Alice, `alice@…` where a friend wrote that. These
 * are one account by RFC 6122 and by RFC 7622. The two differ about others, such as `straße` and `strasse`, and a server may
 * follow either. So a text is mapped only where both make the same of it; two names that any server keeps apart stay two.
 * Text that is not composed stays as it is: ejabberd leaves some of it so, and has two accounts where Unicode has one text.
 *
 * @module
 */
import { type Profile, stringprep } from "./stringprep.ts";

/** Characters that some version of the rules may map: capitals, and all but ASCII. */
const MAY_BE_MAPPED = /[A-Z\u0080-\uffff]/;

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Halfwidth and fullwidth forms. */
const WIDTH = /[\u3000\uff00-\uffef]/g;

/** Returns the form that RFC 6122 and RFC 7622 agree on; the text as it is where they differ. */
export function agreedForm(profile: Profile, text: string): string {
  const mayBeMapped = profile === "resourceprep" ? BEYOND_ASCII : MAY_BE_MAPPED;
  if (!mayBeMapped.test(text) || text.normalize("NFC") !== text) return text;
  const older = stringprep(profile, text);
  return older !== undefined && older === newerForm(profile, text) ? older : text;
}

/** RFC 7622 §3.3.1 (RFC 8265 §3.3) for local parts and, with IDNA2008's lower case, domains; §3.4 (RFC 8265 §4.2) for resources. */
function newerForm(profile: Profile, text: string): string {
  if (profile === "resourceprep") return text.replace(/\p{Zs}/gu, " ").normalize("NFC");
  return text.replace(WIDTH, (char) => char.normalize("NFKC")).toLowerCase().normalize("NFC");
}
