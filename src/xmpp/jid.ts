/**
 * Addresses (RFC 7622).
 *
 * Addresses are compared by their normal form, and the servers of the network do not agree on it: some follow RFC 7622,
 * more its forerunner RFC 6122. An archive must not refuse what its server vouches for. So the local part and the domain
 * are mapped with NFKC and to lower case, which RFC 6122 does to them and which changes little that RFC 7622 allows, and
 * refused is what both refuse. A-labels (`xn--…`) stay what they are, for a server routes by the text that it was given.
 *
 * @module
 */

/** RFC 7622 §3.1: in UTF-8, each part. */
const MAX_PART_BYTES = 1023;

/** RFC 1035 §2.3.4. */
const MAX_LABEL_LENGTH = 63;

/** What most addresses look like: ASCII, in normal form, and too short for any limit; not the address of a machine. */
const NORMAL_BARE =
  /^(?:[a-z0-9!#$%()*+,\-.;=?[\\\]^_`{|}~]{1,255}@)?[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?){0,8}$/;

const NORMAL_RESOURCE = /^[\x20-\x7e]{1,1023}$/;

/** RFC 7622 §3.3.1; and blanks, controls and what has no shape (RFC 8264 §4.2.3, RFC 6122 §A.5). */
const NOT_IN_LOCAL = /["&'/:<>@\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** RFC 8264 §4.3.3: controls, and what is no character. */
const NOT_IN_RESOURCE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/**
 * RFC 7622 §3.2: letters, digits and hyphens of any script (RFC 5892 §2), neither end a hyphen. Underscores are not in
 * the RFC, but in the names of hosts on private networks.
 */
const LABEL = /^(?![-\p{M}])[\p{L}\p{M}\p{N}_\-\u00b7\u0375\u05f3\u05f4\u30fb]+(?<!-)$/u;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

const IPV6_CHARACTERS = /^\[[\da-f:.]+\]$/;

/** An address `local@domain/resource`, in normal form: equal addresses have equal text. */
export class Jid {
  /** The account; empty when the address is that of a server or component. */
  readonly local: string;
  readonly domain: string;
  /** One client of the account; empty in a bare JID. Case matters in it. */
  readonly resource: string;

  private constructor(local: string, domain: string, resource: string) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
  }

  /** Reads an address. Throws `TypeError` when it is malformed. */
  static parse(text: string): Jid {
    // RFC 7622 §3.2: the resource follows the first "/", the local part precedes the first "@" of what is left.
    const slash = text.indexOf("/");
    const bare = slash < 0 ? text : text.slice(0, slash);
    const at = bare.indexOf("@");
    const local = at < 0 ? undefined : bare.slice(0, at);
    const domain = bare.slice(at + 1);
    const resource = slash < 0 ? undefined : text.slice(slash + 1);
    if (NORMAL_BARE.test(bare) && (resource === undefined || NORMAL_RESOURCE.test(resource))) {
      return new Jid(local ?? "", domain, resource ?? "");
    }
    return Jid.#normal(local, domain, resource);
  }

  /** The same; `undefined` when it is malformed. */
  static tryParse(text: string): Jid | undefined {
    return unlessMalformed(() => Jid.parse(text));
  }

  /** Puts an address together; an empty `local` or `resource` is none. Throws `TypeError` when a part is malformed. */
  static of(local: string, domain: string, resource = ""): Jid {
    return Jid.#normal(local || undefined, domain, resource || undefined);
  }

  /** The same; `undefined` when a part is malformed. */
  static tryOf(local: string, domain: string, resource = ""): Jid | undefined {
    return unlessMalformed(() => Jid.of(local, domain, resource));
  }

  static #normal(local: string | undefined, domain: string, resource: string | undefined): Jid {
    return new Jid(
      local === undefined ? "" : normalLocal(local),
      normalDomain(domain),
      resource === undefined ? "" : normalResource(resource),
    );
  }

  /** The text without the resource. */
  get bare(): string {
    return this.local === "" ? this.domain : `${this.local}@${this.domain}`;
  }

  get isBare(): boolean {
    return this.resource === "";
  }

  /** The same address without the resource. */
  toBare(): Jid {
    return this.isBare ? this : new Jid(this.local, this.domain, "");
  }

  equals(other: Jid): boolean {
    return this.local === other.local && this.domain === other.domain && this.resource === other.resource;
  }

  toString(): string {
    return this.isBare ? this.bare : `${this.bare}/${this.resource}`;
  }
}

function unlessMalformed(read: () => Jid): Jid | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** RFC 7622 §3.3. */
function normalLocal(local: string): string {
  const normal = mapped(local);
  if (NOT_IN_LOCAL.test(normal)) throw malformed(local, "local part", `no blanks, no controls, none of "&'/:<>@`);
  return bounded(normal, "local part");
}

/** RFC 7622 §3.2: a domain name, or the address of a machine. */
function normalDomain(domain: string): string {
  // The ideographic full stop separates labels too (RFC 5895 §2); a final dot goes (RFC 7622 §3.2).
  const normal = mapped(domain).replaceAll("\u3002", ".").replace(/\.$/, "");
  if (normal.startsWith("[") || /^[\d.]+$/.test(normal)) return normalAddress(normal);
  for (const label of normal.split(".")) {
    if (label.length > MAX_LABEL_LENGTH || !LABEL.test(label)) throw malformed(domain, "domain", "a domain name");
  }
  return bounded(normal, "domain");
}

/** RFC 7622 §3.2: an IPv4 address; or an IPv6 address in brackets, put into the form of RFC 5952. */
function normalAddress(address: string): string {
  if (IPV4.test(address)) return address;
  const host = IPV6_CHARACTERS.test(address) ? URL.parse(`http://${address}/`)?.hostname : undefined;
  if (host === undefined) throw malformed(address, "domain", "an IP address");
  return host;
}

/** RFC 7622 §3.4: the profile OpaqueString (RFC 8265 §4.2). */
function normalResource(resource: string): string {
  const normal = resource.replace(/\p{Zs}/gu, " ").normalize("NFC");
  if (NOT_IN_RESOURCE.test(normal)) throw malformed(resource, "resource", "no controls");
  return bounded(normal, "resource");
}

/** Compatibility mapping, then lower case, which may have left something to compose. */
function mapped(part: string): string {
  return part.normalize("NFKC").toLowerCase().normalize("NFKC");
}

function bounded(part: string, name: string): string {
  const bytes = new TextEncoder().encode(part).length;
  if (bytes === 0 || bytes > MAX_PART_BYTES) throw malformed(part, name, `1 to ${MAX_PART_BYTES} bytes`);
  return part;
}

function malformed(part: string, name: string, expected: string): TypeError {
  return new TypeError(`Found "${part.slice(0, 100).toWellFormed()}" as the ${name} of a JID, expected ${expected}`);
}
