/** The other end's JID as entries have it: bare, or with a resource. */
export function correspondentOf(bare: string, resource: string): string {
  return resource === "" ? bare : `${bare}/${resource}`;
}

/** Takes it apart (RFC 7622 §3.1: the first `/` ends the bare JID). */
export function endOf(correspondent: string): { readonly with: string; readonly resource: string } {
  const slash = correspondent.indexOf("/");
  if (slash < 0) return { with: correspondent, resource: "" };
  return { with: correspondent.slice(0, slash), resource: correspondent.slice(slash + 1) };
}

/**
 * A number of 32 bits for a bare JID (FNV-1a over UTF-16): what finds its entries. Two JIDs may share one, so the JID is
 * compared as well.
 */
export function peerKey(bare: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bare.length; i++) hash = Math.imul(hash ^ bare.charCodeAt(i), 0x01000193);
  return hash | 0;
}
