/**
 * Addresses (RFC 7622).
 *
 * Normal form is what the servers of the network compare by. They follow RFC 7622 or its forerunner RFC 6122, and an
 * archive must not refuse an address that its server vouches for; so the local part and the domain are mapped with
 * NFKC and to lower case (which RFC 6122 does to them, and which leaves alone what RFC 7622 allows), and refused is only
 * what both refuse. A-labels (`xn--…`) are not turned into U-labels, since a server routes by the text that it was given.
 *
 * @module
 */

/** RFC 7622 §3.1: each part holds at most this many bytes of UTF-8. */
const MAX_PART_BYTES = 1023;

/** RFC 1035 §2.3.4. */
const MAX_LABEL_LENGTH = 63;

/** What most addresses look like, already in normal form; short enough that no part can be too long. */
const NORMAL_BARE =
  /^(?:[a-z0-9!#$%()*+,\-.;=?[\\\]^_`{|}~]{1,255}@)?[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?){0,8}$/;

/** A resource in normal form. */
const NORMAL_RESOURCE = /^[\x20-\x7e]{1,1023}$/;

/** RFC 7622 §3.3.1, and what RFC 8264 §4.2.3 refuses in any identifier: blanks, controls, what has no shape. */
const NOT_IN_LOCAL = /["&'/:<>@]|[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** RFC 8264 §4.3.3: controls; and what no XML document can hold. */
const NOT_IN_RESOURCE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** RFC 7622 §3.2: an NR-LDH label or a U-label; the underscore is for host names of private networks. */
const LABEL = /^(?![-\p{M}])[\p{L}\p{M}\p{N}_\-\u00b7\u0375\u05f3\u05f4\u30fb]+(?<!-)$/u;

/** An address: `local@domain/resource`, in normal form, so that equal addresses have equal text. */
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

  /** Reads an address. Throws `TypeError` when it is not one. */
  static parse(text: string): Jid {
    // RFC 7622 §3.2: the resource is what follows the first "/", the local part what precedes the first "@" before that.
    const slash = text.indexOf("/");
    const bare = slash < 0 ? text : text.slice(0, slash);
    const resource = slash < 0 ? undefined : text.slice(slash + 1);
    const at = bare.indexOf("@");
    if (NORMAL_BARE.test(bare) && (resource === undefined || NORMAL_RESOURCE.test(resource))) {
      return new Jid(at < 0 ? "" : bare.slice(0, at), bare.slice(at + 1), resource ?? "");
    }
    try {
      return new Jid(
        at < 0 ? "" : normalLocal(bare.slice(0, at)),
        normalDomain(bare.slice(at + 1)),
        resource === undefined ? "" : normalResource(resource),
      );
    } catch (cause) {
      throw new TypeError(`Cannot read the JID "${text.slice(0, 100)}": ${(cause as Error).message}`, { cause });
    }
  }

  /** Puts an address together; an empty `local` or `resource` is none. Throws `TypeError` when a part is malformed. */
  static of(local: string, domain: string, resource = ""): Jid {
    return new Jid(
      local === "" ? "" : normalLocal(local),
      normalDomain(domain),
      resource === "" ? "" : normalResource(resource),
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

/** RFC 7622 §3.3. */
function normalLocal(local: string): string {
  const normal = mapped(local);
  if (normal === "") throw new TypeError('The part before "@" is empty');
  if (NOT_IN_LOCAL.test(normal)) throw new TypeError('The part before "@" holds a character that may not be there');
  return bounded(normal, 'part before "@"');
}

/** RFC 7622 §3.2: a domain name, or the address of a machine. */
function normalDomain(domain: string): string {
  // The ideographic full stop separates labels too (RFC 5895 §2); a final dot goes (RFC 7622 §3.2).
  const normal = mapped(domain).replaceAll("\u3002", ".").replace(/\.$/, "");
  if (normal === "") throw new TypeError("The domain is empty");
  if (normal.startsWith("[") || /^[\d.]+$/.test(normal)) return normalAddress(normal);
  for (const label of normal.split(".")) {
    if (label.length > MAX_LABEL_LENGTH || !LABEL.test(label)) throw new TypeError("The domain is not a domain name");
  }
  return bounded(normal, "domain");
}

/** RFC 7622 §3.2: an IPv4 address, or an IPv6 address in brackets, in the form of RFC 5952. */
function normalAddress(address: string): string {
  const url = URL.parse(`http://${address}/`);
  // A URL takes short forms of IPv4 addresses too, such as 127.1.
  const complete = address.startsWith("[") || url?.hostname === address;
  if (url === null || !complete) throw new TypeError("The domain is not an IP address");
  return url.hostname;
}

/** RFC 7622 §3.4: the profile OpaqueString (RFC 8265 §4.2). */
function normalResource(resource: string): string {
  const normal = resource.replace(/\p{Zs}/gu, " ").normalize("NFC");
  if (normal === "") throw new TypeError('The resource after "/" is empty');
  if (NOT_IN_RESOURCE.test(normal)) throw new TypeError("The resource holds a control character");
  return bounded(normal, "resource");
}

/** Compatibility mapping and lower case. */
function mapped(part: string): string {
  return part.normalize("NFKC").toLowerCase().normalize("NFKC");
}

function bounded(part: string, name: string): string {
  // A UTF-16 unit takes at most 3 bytes.
  if (part.length * 3 > MAX_PART_BYTES && new TextEncoder().encode(part).length > MAX_PART_BYTES) {
    throw new TypeError(`The ${name} is longer than ${MAX_PART_BYTES} bytes`);
  }
  return part;
}
