/**
 * The companion path: requests and reports of modules inside servers (scripts/prosody/PROTOCOL.md).
 *
 * @module
 */
import { optionsChanged, type Request, streamEnded } from "../../../runtime/plugin.ts";
import type { Codec } from "../../../wire/codec.ts";
import { askPreferences, greet, listArchives, skipped } from "../../../wire/companion.ts";
import { batch, deleted } from "../../../wire/companion_handover.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Archiving } from "../archiving.ts";
import { REFUSALS } from "../errors.ts";
import { Companions } from "./companions.ts";
import type { Handover } from "./handover.ts";
import type { CompanionLink } from "./link.ts";
import type { MamContext } from "../options.ts";
import { fromStore } from "../preferences.ts";

/** Names in one list of archives. */
const LISTED = 500;

/**
 * Starts the wing: answers and listens to modules. Each speaks as the host that it is in, and of that host's accounts
 * only.
 */
export function startCompanion(context: MamContext, archiving: Archiving): Companions {
  const companions = new Companions(context, archiving);
  const { store, book } = archiving;

  /** Throws `forbidden` for anyone but a host itself; also for who asks an account rather than the component. */
  function linkOf({ from, to }: Request): CompanionLink {
    const host = from.toString();
    const link = companions.linkTo(host);
    if (link !== undefined && to.equals(context.component)) return link;
    companions.complain(host);
    throw REFUSALS.notModule();
  }

  function account(user: string, host: string): Jid {
    const found = Jid.tryOf(user, host);
    if (found === undefined) throw REFUSALS.notUser();
    return found;
  }

  function listen<T>(codec: Codec<T>, take: (handover: Handover, said: T) => void): void {
    context.hook(codec, (message) => {
      const handover = companions.handoverOf(message);
      if (handover !== undefined) take(handover, message.read());
    });
  }

  context.hook(greet, (version, request) => companions.greet(version, linkOf(request)));
  context.hook(askPreferences, async ({ user }, request) => {
    const preferences = await book.of(account(user, linkOf(request).host).bare);
    return { user, ...preferences && { preferences: fromStore(preferences) } };
  });
  context.hook(listArchives, async (after, request) => {
    const { host } = linkOf(request);
    const owners = await store.owners(host, after === undefined ? "" : account(after, host).bare, LISTED);
    return owners.map((owner) => Jid.parse(owner).local);
  });
  listen(batch, (handover, said) => handover.takeBatch(said));
  listen(deleted, (handover, said) => handover.takeDeleted(said));
  listen(skipped, (_, counts) => companions.countSkipped(counts));
  context.on(streamEnded, () => companions.streamEnded());
  context.on(optionsChanged, () => {
    companions.tellSettings().catch((error) => context.log.debug("settings-lost", "A module was not told", { error }));
  });
  return companions;
}
