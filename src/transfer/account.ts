import { Jid } from "../xmpp/jid.ts";

/** The bare JID of a user on a host; `undefined` when there can be none. */
export function accountOf(user: string, host: string): string | undefined {
  return user === "" ? undefined : Jid.tryOf(user, host)?.bare;
}
