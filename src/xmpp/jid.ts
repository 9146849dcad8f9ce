/**
 * Addresses (RFC 6122 §2) as a server wrote them.
 *
 * Servers prepare addresses by rules that differ and change, and only they know which account a name is. So an address from a
 * server is kept and compared as it was written, but for spellings that are one account by every version of the rules
 * (`agreed_form.ts`). `prepared_jid.ts` prepares addresses that people type.
 *
 * @module
 */

import { agreedForm } from "./agreed_form.ts";

/** Most addresses: ASCII that no version of the rules maps or prohibits, too short for any limit. */
const PLAIN = /^(?:[!#-%(-.0-9;=?[-~]{1,255}@)?[a-z0-9_.-]{1,255}(?:\/[ -~]{1,1023})?$/;

/** RFC 6122 §2.1: bytes of each part, in UTF-8. */
const MAX_PART_BYTES = 1023;

/** Characters of a part that has at most as many bytes, whatever they are: UTF-8 has three for each at most. */
const SURELY_SHORT = MAX_PART_BYTES / 3;

/** ASCII that every version of the rules prohibits in a local part (RFC 6122 §A.5, RFC 7622 §3.3.1), and halves of characters. */
// deno-lint-ignore no-control-regex
const NOT_IN_LOCAL = /[\x00-\x20\x7f"&'/:<>@\p{Cs}]/u;

// deno-lint-ignore no-control-regex
const NOT_IN_DOMAIN = /[\x00-\x20\x7f/@\p{Cs}]/u;

/** RFC 6122 §B.5, RFC 7622 §3.4. */
// deno-lint-ignore no-control-regex
const NOT_IN_RESOURCE = /[\x00-\x1f\x7f\p{Cs}]/u;

/** An address `local@domain/resource`. Equal addresses have equal text. */
export class Jid {
  /** The account; empty when the address is that of a server or component. */
  readonly local: string;
  readonly domain: string;
  /** One client of the account; empty in a bare JID. */
  readonly resource: string;
  /** Made once, since accounts are looked up by it many times for one message. */
  #bare: string | undefined;

  private constructor(local: string, domain: string, resource: string) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
  }

  /** Reads an address. Throws `TypeError` when it is malformed. */
  static parse(text: string): Jid {
    const [local, domain, resource] = partsOf(text);
    if (PLAIN.test(text)) return new Jid(local ?? "", domain, resource ?? "");
    if (local !== undefined) checkLocal(local);
    checkDomain(domain);
    if (resource !== undefined) checkResource(resource);
    return Jid.#of(local ?? "", domain, resource ?? "");
  }

  /** The same; `undefined` when it is malformed. */
  static tryParse(text: string): Jid | undefined {
    return unlessMalformed(() => Jid.parse(text));
  }

  /** Puts an address together; an empty `local` or `resource` is none. Throws `TypeError` when a part is malformed. */
  static of(local: string, domain: string, resource = ""): Jid {
    if (local !== "") checkLocal(local);
    checkDomain(domain);
    if (resource !== "") checkResource(resource);
    return Jid.#of(local, domain, resource);
  }

  /** The same; `undefined` when a part is malformed. */
  static tryOf(local: string, domain: string, resource = ""): Jid | undefined {
    return unlessMalformed(() => Jid.of(local, domain, resource));
  }

  static #of(local: string, domain: string, resource: string): Jid {
    const agreed = agreedForm("nameprep", domain);
    // A full-width slash or at sign is one in the agreed form: the text would read as another address.
    if (agreed !== domain && NOT_IN_DOMAIN.test(agreed)) throw malformed(domain, "domain", "a domain name");
    return new Jid(
      agreedForm("nodeprep", local),
      agreed,
      resource === "" ? "" : agreedForm("resourceprep", resource),
    );
  }

  /** The text without the resource. */
  get bare(): string {
    return this.#bare ??= this.local === "" ? this.domain : `${this.local}@${this.domain}`;
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

/** Splits an address. RFC 6122 §2.1: the resource follows the first "/", the local part precedes the first "@" of the rest. */
export function partsOf(text: string): [local: string | undefined, domain: string, resource: string | undefined] {
  const slash = text.indexOf("/");
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf("@");
  return [at < 0 ? undefined : bare.slice(0, at), bare.slice(at + 1), slash < 0 ? undefined : text.slice(slash + 1)];
}

/** Error for a part of an address; quotes at most 100 characters of it. */
export function malformed(part: string, name: string, expected: string): TypeError {
  return new TypeError(`Found "${part.slice(0, 100).toWellFormed()}" as the ${name} of a JID, expected ${expected}`);
}

export function unlessMalformed(read: () => Jid): Jid | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function checkLocal(local: string): void {
  if (NOT_IN_LOCAL.test(local)) throw malformed(local, "local part", `no blanks, no controls, none of "&'/:<>@`);
  checkSize(local, "local part");
}

function checkDomain(domain: string): void {
  if (domain === "" || NOT_IN_DOMAIN.test(domain)) throw malformed(domain, "domain", "a domain name");
  checkSize(domain, "domain");
}

function checkResource(resource: string): void {
  if (NOT_IN_RESOURCE.test(resource)) throw malformed(resource, "resource", "no controls");
  checkSize(resource, "resource");
}

function checkSize(part: string, name: string): void {
  if (part !== "" && part.length <= SURELY_SHORT) return;
  const bytes = new TextEncoder().encode(part).length;
  if (bytes === 0 || bytes > MAX_PART_BYTES) throw malformed(part, name, `1 to ${MAX_PART_BYTES} bytes`);
}
