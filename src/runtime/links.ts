/**
 * The links to all hosts and rooms.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { HostFacts } from "./examination.ts";
import type { Delivery, HostLink } from "./link.ts";

/** Links by the domain that they lead to. Of several to one domain, the first that is open is in use. */
export class Links {
  readonly #links = new Map<string, readonly HostLink[]>();

  /** `defaults` are links that are always open. */
  constructor(defaults: Iterable<HostLink> = []) {
    for (const link of defaults) this.add(link);
  }

  /** Adds a link, ahead of those to the same domain; returns what undoes it. */
  add(link: HostLink): () => void {
    const { host } = link;
    this.#links.set(host, [link, ...this.#links.get(host) ?? []]);
    return () => {
      const left = this.#links.get(host)?.filter((each) => each !== link) ?? [];
      if (left.length > 0) this.#links.set(host, left);
      else this.#links.delete(host);
    };
  }

  /** True when there is a link to a domain. */
  has(host: string): boolean {
    return this.#links.has(host);
  }

  /** The link in use to a domain; `undefined` when none is open. */
  of(host: string): HostLink | undefined {
    const links = this.#links.get(host);
    if (links === undefined) return undefined;
    for (const link of links) if (link.isOpen) return link;
    return undefined;
  }

  /** The links in use. */
  get inUse(): readonly HostLink[] {
    return [...this.#links.keys()].flatMap((host) => this.of(host) ?? []);
  }

  /**
   * Returns the delivery for a request that a host delegates under this id. The request itself shows its link: with
   * several connections, the host may have opened the link over another one.
   */
  deliver(host: string, delegation: Element, id: string): Delivery {
    for (const link of this.#links.get(host) ?? []) {
      const delivery = link.deliver(delegation, id);
      if (delivery !== undefined) return delivery;
    }
    throw new StanzaError("service-unavailable", `Found a delegated request, expected none from ${host}`);
  }

  /** Examines each of these hosts. Rejects where there is no stream. */
  async examine(hosts: Iterable<string>, patience?: number): Promise<HostFacts[]> {
    const links = [...hosts].flatMap((host) => this.of(host) ?? []);
    return await Promise.all(links.map(async (link) => ({ host: link.host, ...await link.examine(patience) })));
  }
}
