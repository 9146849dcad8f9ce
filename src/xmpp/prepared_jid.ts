/**
 * Addresses that people type, prepared as servers prepare them (RFC 6122, with Unicode 3.2).
 *
 * Prosody and ejabberd agree on every assigned code point but U+33C6. Of the others, which RFC 6122 has a server refuse,
 * Prosody takes most as they are, and so they stay here.
 *
 * @module
 */
import { Jid, malformed, partsOf, unlessMalformed } from "./jid.ts";
import { stringprep } from "./stringprep.ts";

/** RFC 1035 §2.3.4. */
const MAX_LABEL_LENGTH = 63;

/** Letters, digits and hyphens of any script, neither end a hyphen; and underscores, which private networks have. */
const LABEL = /^(?![-\p{M}])[\p{L}\p{M}\p{N}_\-\u00b7\u0375\u05f3\u05f4\u30fb]+(?<!-)$/u;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * Reads an address that a person typed, and prepares it as servers do: `Straße@Example.TEST` is `strasse@example.test`.
 *
 * @throws {TypeError} when it is malformed, or a server would refuse it
 */
export function prepareJid(text: string): Jid {
  const [local, domain, resource] = partsOf(text);
  return Jid.of(
    local === undefined ? "" : prepareLocal(local),
    prepareDomain(domain),
    resource === undefined ? "" : prepareResource(resource),
  );
}

/** The same; `undefined` when it is malformed. */
export function tryPrepareJid(text: string): Jid | undefined {
  return unlessMalformed(() => prepareJid(text));
}

function prepareLocal(local: string): string {
  const prepared = stringprep("nodeprep", local);
  if (prepared === undefined) throw malformed(local, "local part", `no blanks, no controls, none of "&'/:<>@`);
  return filled(prepared, local, "local part");
}

function prepareResource(resource: string): string {
  const prepared = stringprep("resourceprep", resource);
  if (prepared === undefined) throw malformed(resource, "resource", "no controls");
  return filled(prepared, resource, "resource");
}

/** A-labels (`xn--…`) stay as they are, as servers leave them: they route by the text that they were given. */
function prepareDomain(domain: string): string {
  // RFC 6122 §2.2: a final dot goes.
  const prepared = stringprep("nameprep", domain)?.replace(/\.$/, "") ?? "";
  if (prepared.startsWith("[") || /^[\d.]+$/.test(prepared)) {
    if (!isIpAddress(prepared)) throw malformed(domain, "domain", "an IP address");
    return prepared;
  }
  for (const label of prepared.split(".")) {
    if (label.length > MAX_LABEL_LENGTH || !LABEL.test(label)) throw malformed(domain, "domain", "a domain name");
  }
  return prepared;
}

/** RFC 6122 §2.2: an IPv4 address, or an IPv6 address in brackets. */
function isIpAddress(text: string): boolean {
  return IPV4.test(text) || (/^\[[\da-f:.]+\]$/.test(text) && URL.canParse(`http://${text}/`));
}

/** An empty part means that there is none, which nobody types with its "@" or "/". */
function filled(prepared: string, typed: string, name: string): string {
  if (prepared === "") throw malformed(typed, name, "1 to 1023 bytes");
  return prepared;
}
