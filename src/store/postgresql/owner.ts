/** An owner's bare JID in the two parts by which archives are listed. */
export interface OwnerKey {
  /** Empty for the JID of a domain. */
  readonly local: string;
  readonly domain: string;
}

/** Takes a bare JID apart (RFC 7622 §3.1: the first `@` ends the local part). */
export function keyOf(owner: string): OwnerKey {
  const at = owner.indexOf("@");
  return at < 0 ? { local: "", domain: owner } : { local: owner.slice(0, at), domain: owner.slice(at + 1) };
}

/** The bare JID again. */
export function ownerOf({ local, domain }: OwnerKey): string {
  return local === "" ? domain : `${local}@${domain}`;
}
