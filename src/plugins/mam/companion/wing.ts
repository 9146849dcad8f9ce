/**
 * The companion path: requests and reports of modules inside servers (scripts/prosody/PROTOCOL.md).
 *
 * @module
 */
import { optionsChanged, type Request, streamEnded } from "../../../runtime/plugin.ts";
import type { Codec } from "../../../wire/codec.ts";
import { askPreferences, skipped } from "../../../wire/companion.ts";
import { batch, deleted } from "../../../wire/companion_handover.ts";
import { greetEither, listEitherArchives } from "../../../wire/companion_rooms.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Archiving } from "../archiving.ts";
import { REFUSALS } from "../errors.ts";
import type { MamContext } from "../options.ts";
import { fromStore } from "../preferences.ts";
import { Companions } from "./companions.ts";
import type { Handover } from "./handover.ts";
import type { Residents } from "./residents.ts";

/**
 * Starts the wing: answers and listens to modules. Each speaks as the host that it is in, and of that host's archives
 * only.
 */
export function startCompanion(
  context: MamContext,
  archiving: Archiving,
  residents: readonly Residents[],
): Companions {
  const companions = new Companions(context, archiving, residents);
  const { book } = archiving;

  function account(user: string, request: Request): Jid {
    const { host, areRooms } = companions.residentsOf(request);
    const found = areRooms ? undefined : Jid.tryOf(user, host);
    if (found === undefined) throw REFUSALS.notUser();
    return found;
  }

  function listen<T>(codec: Codec<T>, take: (handover: Handover, said: T) => void): void {
    context.hook(codec, (message) => {
      const handover = companions.handoverOf(message);
      if (handover !== undefined) take(handover, message.read());
    });
  }

  context.hook(greetEither, (greeting, request) => companions.greet(greeting, companions.residentsOf(request)));
  context.hook(askPreferences, async ({ user }, request) => {
    const preferences = await book.of(account(user, request).bare);
    return { user, ...preferences && { preferences: fromStore(preferences) } };
  });
  context.hook(listEitherArchives, (after, request) => companions.residentsOf(request).list(after));
  listen(batch, (handover, said) => handover.takeBatch(said));
  context.hook({ name: deleted.name, xmlns: deleted.xmlns }, (message) => {
    const residents = companions.residentsAt(message.from);
    const handover = companions.handoverOf(message);
    if (residents !== undefined) handover?.takeDeleted(residents.readDeleted(message.payload));
  });
  listen(skipped, (_, counts) => companions.countSkipped(counts));
  context.on(streamEnded, () => companions.streamEnded());
  context.on(optionsChanged, () => {
    companions.tellSettings().catch((error) => context.log.debug("settings-lost", "A module was not told", { error }));
  });
  return companions;
}
