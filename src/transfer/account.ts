import { Jid } from "../xmpp/jid.ts";

/** The bare JID of a user on a host; `undefined` when there can be none. */
export function accountOf(user: string, host: string): string | undefined {
  try {
    return user === "" ? undefined : Jid.of(user, host).bare;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
